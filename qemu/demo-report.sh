#!/bin/sh
# Runs inside the demo's machine once its containers are up (ready_command in init.conf): shows the containers, waits until
# qemu/demo has fetched the web container's page from outside and says so on the serial line, and powers off.
show() {
  echo
  echo "# $*"
  "$@" 2>&1
}

for _ in 1 2 3 4 5 6 7 8 9 10; do
  ip -4 addr show dev eth0 2>/dev/null | grep -q inet && break
  sleep 1
done
show microctr list
show microctr inspect web
show microctr exec web ps
show microctr exec web ip -4 addr show dev eth0
for config in /etc/microctr/containers/*.conf; do show microctr logs "$(basename "$config" .conf)"; done
echo
echo "demo: ready"
# shellcheck disable=SC3045  # BusyBox has it
read -r -t 60 answer </dev/console || answer="nobody has asked for the page within 60 s"
echo "demo: $answer"
microctr poweroff

#!/bin/sh
# Runs inside the demo's machine once its containers are up (ready_command in init.conf): brings up its network card, shows
# the containers, waits until qemu/demo has fetched the web container's page from outside and says so on the serial line,
# and powers off.
show() {
  echo
  echo "# $*"
  "$@" 2>&1
}

sh /etc/microctr/network.sh
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

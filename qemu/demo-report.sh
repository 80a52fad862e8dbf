#!/bin/sh
# Runs inside the demo's machine once its containers are up (ready_command in init.conf): shows them and the page that the
# web container serves, then powers off. qemu/demo looks for the last line.
show() {
  echo
  echo "# $*"
  "$@" 2>&1
}

show microctr list
show microctr inspect web
show microctr exec web ps
for config in /etc/microctr/containers/*.conf; do show microctr logs "$(basename "$config" .conf)"; done
echo
echo "# wget -qO- http://10.0.0.2/"
for _ in 1 2 3 4 5 6 7 8 9 10; do
  page=$(timeout 5 wget -qO- http://10.0.0.2/ 2>/tmp/wget) && [ -n "$page" ] && break
  sleep 0.5
done
echo "$page"
if [ "$page" = "$(cat /data/www/index.html)" ]; then
  echo "demo: page fetched"
else
  echo "demo: no page: $(cat /tmp/wget)"
fi
microctr poweroff

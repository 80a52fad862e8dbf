#!/bin/sh
# Runs in the machine: what the scenarios beside this file share. A scenario defines functions check_NAME; each is run in a
# shell of its own, in the order of the file, and fails with its first failing command. The host reads the report from the
# serial line and expects every check_NAME that it finds in the scenario's file.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
url=http://10.0.0.2/
page=/data/www/index.html

report() {  # SCENARIO_FILE
  for name in $(sed -n 's/^check_\([a-z0-9_]*\)() .*/\1/p' "$1"); do
    words=$(set -eu; "check_$name" 2>&1)
    status=$?
    words=$(echo "$words" | tr '\n' ' ' | cut -c 1-600)
    if [ "$status" = 0 ]; then
      echo "REPORT $name: ok"
    else
      echo "REPORT $name: FAIL ($status) $words"
    fi
  done
  echo "REPORT end"
}

# Waits up to ten seconds for a command to succeed; its last words are shown when it does not.
eventually() {
  tries=50
  until words_of_try=$("$@" 2>&1); do
    tries=$((tries - 1))
    if [ "$tries" = 0 ]; then
      echo "not within 10 s: $*: $words_of_try"
      return 1
    fi
    sleep 0.2
  done
}

same() {  # WHAT EXPECTED SEEN
  [ "$2" = "$3" ] || { echo "$1 is '$3', expected '$2'"; return 1; }
}

# Not wget -T: that crashes in Debian 12's static BusyBox.
fetch_page() { same page "$(cat "$page")" "$(timeout 5 wget -q -O- "$url")"; }

# The value of a key in a container's config; empty when it is not set.
config() {  # NAME KEY
  sed -n "s/^$2[ ]*=[ ]*//p" "/etc/microctr/containers/$1.conf"
}

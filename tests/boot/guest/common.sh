#!/bin/sh
# Runs in the machine: what the scenarios beside this file share. A scenario defines functions check_NAME; each is run in a
# shell of its own, in the order of the file, and fails with its first failing command. The host reads the report from the
# serial line and expects every check_NAME that it finds in the scenario's file.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin

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

# Waits up to ten seconds for a command to succeed; its last words are shown when it does not. By the time since boot: some
# machines step their clock, and BusyBox of 32 bits has none from 2038 on.
uptime_seconds() { cut -d. -f1 /proc/uptime; }
eventually() {
  last=$(($(uptime_seconds) + 10))
  until words_of_try=$("$@" 2>&1); do
    if [ "$(uptime_seconds)" -ge "$last" ]; then
      echo "not within 10 s: $*: $words_of_try"
      return 1
    fi
    sleep 0.2
  done
}

same() {  # WHAT EXPECTED SEEN
  [ "$2" = "$3" ] || { echo "$1 is '$3', expected '$2'"; return 1; }
}

the_page() { cat /data/www/index.html; }

# Not wget -T: that crashes in Debian 12's static BusyBox.
fetch_page() { same page "$(the_page)" "$(timeout 5 wget -q -O- "${1:-http://127.0.0.1:8080/}")"; }  # [URL]

# The host reads the question from the serial line and answers there; "ok" is a good answer.
ask_host() {  # QUESTION
  echo "ASK $1" >/dev/console
  # shellcheck disable=SC3045  # BusyBox has it
  read -r -t 60 answer </dev/console || answer="no answer"
  same "the host's answer" ok "$answer"
}

# A container's configuration in /tmp/conf; more lines as further arguments.
conf() {  # NAME COMMAND [LINE]...
  mkdir -p /tmp/conf
  file=/tmp/conf/$1.conf
  { printf '%s\n' "layer = busybox" "volume = /report/bin:/report:ro" "volume = /data/www:/www:ro" "command = $2"; } >"$file"
  shift 2
  for line in "$@"; do echo "$line" >>"$file"; done
}

# Starts one of /tmp/conf in the background; stops and forgets some.
launch() { microctr start "/tmp/conf/$1.conf"; }
end() {
  for one in "$@"; do
    microctr stop -t 100ms "$one"
    microctr remove "$one"
  done
}
inside() { microctr exec "$@"; }

# The first IPv4 address of a link, with its prefix; more words go before `ip`.
address_of() {  # LINK [COMMAND]...
  link=$1
  shift
  "$@" ip -4 -o addr show dev "$link" | awk '{print $4; exit}'
}
words_have() {  # TEXT WORDS...: all of them
  text=$1
  shift
  for words in "$@"; do
    case "$text" in *"$words"*) ;; *) echo "no '$words' in '$text'"; return 1 ;; esac
  done
}

# The value of a key in a container's config; empty when it is not set.
config() {  # NAME KEY
  sed -n "s/^$2[ ]*=[ ]*//p" "/etc/microctr/containers/$1.conf"
}

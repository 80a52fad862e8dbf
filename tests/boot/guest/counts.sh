#!/bin/sh
# Runs in the machine: exactly what a start costs, beside the containers of configs/. The host compares it with
# tests/counts/ARCH. The program inside sleeps, so that every wait is seen to wait.
. /report/common.sh

count() {  # KIND [LINE]...
  kind=$1
  shift
  printf '%s\n' "layer = busybox" "command = sleep 0.3" "$@" >/tmp/counted.conf
  /report/bin/trace "$(command -v microctr)" run /tmp/counted.conf 2>"/tmp/$kind"
  words_have "$(cat "/tmp/$kind")" "total " "faults "
  sed "s/^/COUNT $kind /" "/tmp/$kind" >/dev/console
}

check_counts_without_network() { count none; }
check_counts_with_bridge() { count bridge "network = bridge" "publish = 8099:80"; }

report /report/counts.sh
microctr poweroff

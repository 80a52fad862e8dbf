#!/bin/sh
# Runs in the machine: exactly what a start costs, beside the containers of configs/. The host compares it with
# tests/counts/ARCH. The program inside sleeps, so that every wait is seen to wait.
. /report/common.sh

count() {  # KIND OPTION-OF-TRACE [LINE]...
  kind=$1 option=$2
  shift 2
  printf '%s\n' "layer = busybox" "command = sleep 0.3" "$@" >/tmp/counted.conf
  # shellcheck disable=SC2086  # no option is no word
  /report/bin/trace $option "$(command -v microctr)" run /tmp/counted.conf 2>"/tmp/$kind"
  sed "s/^/COUNT $kind /" "/tmp/$kind" >/dev/console
}
has() { words_have "$(cat "/tmp/$1")" "$2 "; }  # KIND WHAT

check_counts_without_network() { count none "" && has none "total" && has none "faults"; }
check_counts_with_bridge() { count bridge "" "network = bridge" "publish = 8099:80" && has bridge "total" && has bridge "faults"; }
# Step by step, some 10,000 in a second here; kernels of 32-bit ARM cannot.
check_instructions() {
  case "$(uname -m)" in arm*) return 0 ;; esac
  count none -i && has none "instructions"
}
# What it has written; see machine.sh.
check_private_memory_of_a_launcher_that_waits() {
  printf '%s\n' "layer = busybox" "command = sleep 60" >/tmp/waiting.conf
  microctr run /tmp/waiting.conf &
  sleep 4  # what has lived for a second gives back what only the start needed
  kilobytes=$(awk '/^Anonymous:/ { print $2 }' "/proc/$!/smaps_rollup")
  kill "$!"
  echo "MEASURE private memory of run: $kilobytes KB" >/dev/console
  [ "$kilobytes" -le 100 ] || { echo "$kilobytes KB"; return 1; }
}
check_starts_under_256_kilobytes() {
  printf '%s\n' "layer = busybox" "command = true" "memory = 256K" >/tmp/small.conf
  for _ in 1 2 3 4 5; do microctr run /tmp/small.conf; done
}

report /report/counts.sh
microctr poweroff

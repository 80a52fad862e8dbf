#!/bin/sh
# Runs in the machine: process 1 keeps the watchdog, until it is frozen.
. /report/common.sh

check_watchdog_is_fed() {  # it has four seconds
  same driver "Software Watchdog" "$(cat /sys/class/watchdog/watchdog0/identity 2>/dev/null || echo 'Software Watchdog')"
  sleep 9
}

report /report/frozen.sh
mkdir /sys/fs/cgroup/frozen
echo 1 >/sys/fs/cgroup/frozen/cgroup.procs
echo 1 >/sys/fs/cgroup/frozen/cgroup.freeze
sleep 60

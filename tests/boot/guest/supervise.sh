#!/bin/sh
# Runs in the machine, as a host service beside the containers that it is about: microctr is process 1, and one of the
# configurations is broken. tests/boot/run lays the containers out.
. /report/common.sh

state_is() { microctr list | grep -E "^$1 +$2 " >/dev/null; }
value_of() { sed -n "s/^$2 = //p" "/run/microctr/containers/$1/state"; }
hundredths() { cut -d' ' -f1 /proc/uptime | tr -d .; }

check_process_1() { same /proc/1/exe /sbin/microctr "$(readlink /proc/1/exe)"; }
check_good_ones_run_beside_a_broken_one() {
  for one in steady victim deaf; do eventually state_is "$one" running; done
  ! microctr list | grep bad
}
check_order() {
  eventually state_is second running
  same order "first second" "$(tr '\n' ' ' </shared/order | sed 's/ $//')"
}
check_independent_ones_start_in_parallel() {
  has_both() { [ "$(wc -l </shared/parallel)" -ge 4 ]; }
  eventually has_both
  same "first lines" "begin begin" "$(head -n 2 /shared/parallel | tr '\n' ' ' | sed 's/ $//')"
}
check_waits_for_a_late_disk() {
  state_is late waiting
  mkdir -p /late
  mount -t tmpfs none /late
  touch /late/disk
  eventually state_is late running
}

# By the machine's clock, from the kill to the program: restart_delay is 2s, and up to a tenth more.
check_restart_after_the_delay() {
  first=$(value_of victim pid)
  begun=$(hundredths)
  kill -9 "$first"
  is_back() { [ "$(value_of victim state)" = running ] && [ "$(value_of victim pid)" != "$first" ]; }
  eventually is_back
  [ "$(($(hundredths) - begun))" -ge 200 ]
}
check_crash_loop_is_bounded() {
  eventually state_is loop failed
  same lives 4 "$(microctr logs loop | grep -c life)"
}
check_evidence_of_the_crash() { grep -q life /var/lib/microctr/evidence/loop.log; }

# What no process may be in any more, since it hands controllers down: exec goes where the first process went.
check_exec_beside_the_cgroups_of_a_container() {
  conf manager "sh -c 'cd /sys/fs/cgroup; mkdir x; echo 1 >x/cgroup.procs; echo +pids >cgroup.subtree_control; echo ready; exec sleep 1000'" \
    "delegate = yes"
  launch manager
  is_ready() { microctr logs manager | grep -qx ready; }
  eventually is_ready
  same "cgroup of exec" 0::/x "$(inside manager grep ^0:: /proc/self/cgroup)"
  end manager
}

check_a_thousand_orphans_leave_no_zombie() {
  sh -c 'count=0; while [ $count -lt 1000 ]; do (true &) ; count=$((count + 1)); done'
  no_zombies() { ! grep -l '^State:.Z' /proc/[0-9]*/status 2>/dev/null; }
  eventually no_zombies
}

machine() {
  echo "descriptors $(ls /proc/1/fd | wc -l)"
  echo "links $(ls /sys/class/net)"
  echo "cgroups $(find /sys/fs/cgroup -type d | sort)"
  echo "loops $(ls -d /sys/block/loop*/loop 2>/dev/null)"
  echo "mounts $(cut -d' ' -f4- /proc/self/mountinfo)"
}
check_a_hundred_restarts_leave_nothing() {
  microctr restart steady
  machine >/tmp/before
  for _ in $(seq 100); do microctr restart steady; done
  is_as_before() { machine >/tmp/now && cmp /tmp/before /tmp/now; }
  eventually is_as_before
}

check_a_step_of_the_clock_times_nothing_out() {
  first=$(value_of steady pid)
  date -s "2031-05-06 07:08:09" >/dev/null
  microctr restart victim
  sleep 1
  same "process of steady" "$first" "$(value_of steady pid)"
  state_is victim running
}
check_a_full_disk_stops_nobody() {
  mkdir /full
  mount -t tmpfs -o size=64k none /full
  conf full "sh -c 'n=0; while :; do n=\$((n+1)); echo line \$n; sleep 0.01; done'" "log = file:/full/log:4K:2"
  launch full
  dd if=/dev/zero of=/full/rest bs=1k count=60 2>/dev/null || true
  sleep 1
  state_is full running
  rm /full/rest
  writes_again() { microctr logs full | tail -n 1 | grep line; }
  eventually writes_again
  end full
}
check_reexec_touches_no_container() {
  first=$(value_of steady pid)
  cp /sbin/microctr /tmp/microctr
  microctr reexec /tmp/microctr
  same program /tmp/microctr "$(readlink /proc/1/exe)"
  same process "$first" "$(value_of steady pid)"
  kill -9 "$(value_of victim pid)"
  eventually state_is victim running
}

report /report/supervise.sh
echo "UPTIME $(cut -d. -f1 /proc/uptime)"
microctr poweroff

#!/bin/sh
# Runs in the machine: its init.conf has every duty of process 1 in it, some of them wrong. There is no container.
. /report/common.sh

check_hostname() { same hostname edge "$(hostname)"; }
# What it has written. Its code, too, counts as private and dirty here: no disk holds the initramfs, and nobody else may
# be running it at the moment.
check_private_memory() {
  kilobytes=$(awk '/^Anonymous:/ { print $2 }' /proc/1/smaps_rollup)
  echo "MEASURE private memory of process 1: $kilobytes KB" >/dev/console
  [ "$kilobytes" -le 200 ] || { echo "$kilobytes KB"; return 1; }
}

# --- links
has_address() { words_have "$(ip addr show dev "$1")" "$2"; }
check_dhcp() {
  eventually has_address eth0 "inet 10.0.2.15/24"
  words_have "$(ip route)" "default via 10.0.2.2 dev eth0"
  eventually grep -qx "nameserver 10.0.2.3" /etc/resolv.conf
}
default_route() { same "default route" "default via 10.0.2.2 dev eth0" "$(ip route | sed -n '/^default/s/ *$//p')"; }
check_renewal_mends_the_route_and_writes_nothing() {
  before=$(ls -i /etc/resolv.conf)
  ip route del default
  kill -USR1 "$(pidof udhcpc)"
  eventually default_route
  ip route replace default via 10.0.2.77 dev eth0 proto static
  kill -USR1 "$(pidof udhcpc)"
  eventually default_route
  same "the file" "$before" "$(ls -i /etc/resolv.conf)"
}
check_static_interface() {
  eventually has_address dummy0 "inet 192.0.2.2/24"
  eventually has_address dummy0 "inet6 fd00:5::2/64"
  words_have "$(ip -6 route)" "default via fd00:5::1 dev dummy0"
}
check_link_that_comes_late() {
  for _ in 1 2; do
    ip link add late0 type dummy
    eventually has_address late0 "inet 198.51.100.9/24"
    ip link del late0
    sleep 0.5
  done
}
check_waiting_costs_nothing() {  # for a link that is not there
  before=$(helpers_of late0)
  sleep 3
  same "process that waits for late0" "$before" "$(helpers_of late0)"
}
helpers_of() {  # INTERFACE
  for process in /proc/[0-9]*; do
    case "$(tr '\0' ' ' <"$process/cmdline" 2>/dev/null)" in
      "microctr-interface $1 "*) awk '/^voluntary_ctxt_switches/ { print FILENAME, $2 }' "$process/status" ;;
    esac
  done
}

# --- kernel, disks, clock
check_sysctl() { same swappiness 11 "$(cat /proc/sys/vm/swappiness)"; }
check_file_system_checks() { same "calls of fsck" "-p /dev/vda,-p /dev/vdb" "$(xargs -n 2 </run/fsck | tr '\n' ',' | sed 's/,$//')"; }
check_mounts() {
  words_have "$(grep ' /data ' /proc/mounts)" "ext4 rw" noatime
  words_have "$(grep ' /data2 ' /proc/mounts)" "ext4 ro"
  words_have "$(grep ' /scratch ' /proc/mounts)" tmpfs nosuid
  mkdir "/run/a place"
  mount -o bind /data "/run/a place"  # must be given up as well, else the disk is not clean
  words_have "$(grep ' /data-ro ' /proc/mounts)" "ext4 ro" nosuid
  [ ! -e /nothing ]
}
check_clock_is_restored() { same year 2031 "$(date -u +%Y)"; }
clock_is_saved() { [ "$(cat /data/clock)" -ge 1955000000 ]; }
check_clock_is_saved_after_a_step() {
  before=$(ls -i /data/clock)
  microctr list
  same "the clock's file" "$before" "$(ls -i /data/clock)"  # nothing is written while all is well
  date -u -s @1955000000
  for _ in $(seq 70); do  # nothing else wakes process 1
    clock_is_saved && return
    sleep 1
  done
  return 1
}

# --- console
shell_on_console() {
  for process in /proc/[0-9]*; do
    [ "$(readlink "$process/fd/0")" = /dev/tty2 ] && echo "${process#/proc/}" && return 0
  done
  return 1
}
is_another_shell() { new=$(shell_on_console) && [ "$new" != "$1" ]; }
check_shell_comes_back() {
  eventually shell_on_console
  first=$(shell_on_console)
  same "terminal of the shell" "$first" "$(awk '{ print $6 }' "/proc/$first/stat")"  # it leads its session
  [ "$(awk '{ print $7 }' "/proc/$first/stat")" != 0 ]
  kill -KILL "$first"
  eventually is_another_shell "$first"
}

# --- process 1
check_signals_are_survived() {
  signal=1
  while [ "$signal" -le 64 ]; do
    case "$signal" in
      2 | 10 | 12 | 15 | 32 | 33) ;;  # go down; and the C library's own
      *) kill "-$signal" 1 ;;
    esac
    signal=$((signal + 1))
  done
  for name in SEGV BUS ILL FPE TRAP SYS; do kill "-$name" 1; done
  sleep 0.5
  timeout 5 microctr list
}
check_nobody_is_spared_from_memory_shortage() {
  scores=$(cat /proc/[0-9]*/oom_score_adj 2>/dev/null | sort -u)
  same scores 0 "$scores"
}
check_memory_shortage_is_survived() {
  before=$(awk '/^oom_kill / { print $2 }' /proc/vmstat)
  tail /dev/zero >/dev/null 2>&1 && return 1
  [ "$(awk '/^oom_kill / { print $2 }' /proc/vmstat)" -gt "$before" ]
  timeout 5 microctr list
}
no_zombie() { ! grep -l '^State:.Z' /proc/[0-9]*/status 2>/dev/null; }
check_orphans_are_reaped() {
  for _ in 1 2 3 4 5; do sh -c 'sleep 0.3 & sleep 0.1 & exit 0'; done
  sleep 0.5
  eventually no_zombie
}

report /report/machine.sh
microctr poweroff

#!/bin/sh
# Runs in the machine: microctr is process 1 and has started the containers of configs/.
. /report/common.sh
cgroup=/sys/fs/cgroup/microctr/web

check_process_1() { same /proc/1/exe /sbin/microctr "$(readlink /proc/1/exe)"; }
check_hostname_of_machine() { same hostname edge "$(hostname)"; }
check_page() { eventually fetch_page; }

# --- limits of the container, as the kernel has them
bytes() {  # 16M
  number=${1%[KMG]}
  case "$1" in
    "") echo max ;;
    *K) echo $((number * 1024)) ;;
    *M) echo $((number * 1024 * 1024)) ;;
    *G) echo $((number * 1024 * 1024 * 1024)) ;;
    *) echo "$number" ;;
  esac
}
quota() {  # 50% or 0.5, of a period of 100 ms
  case "$1" in
    "") echo "max 100000" ;;
    *%) echo "${1%\%}" | awk '{printf "%d 100000\n", $1 * 1000}' ;;
    *) echo "$1" | awk '{printf "%d 100000\n", $1 * 100000}' ;;
  esac
}
check_memory_limit() { same memory.max "$(bytes "$(config web memory)")" "$(cat $cgroup/memory.max)"; }
check_pids_limit() {
  limit=$(config web pids)
  same pids.max "${limit:-max}" "$(cat $cgroup/pids.max)"
}
check_cpu_limit() { same cpu.max "$(quota "$(config web cpus)")" "$(cat $cgroup/cpu.max)"; }

# --- the verbs
check_list() { microctr list | grep -E '^web .*running'; }
check_inspect() { microctr inspect web | grep -q web; }
check_logs() { microctr logs web; }

# --- what the container sees
check_pid_1_inside() { same "process 1 inside" httpd "$(microctr exec web cat /proc/1/comm)"; }
check_hostname_inside() {
  expected=$(config web hostname)
  same hostname "${expected:-web}" "$(microctr exec web hostname)"
}
check_mounts_inside() {
  mounts=$(microctr exec web cat /proc/self/mountinfo)
  echo "$mounts"
  [ "$(echo "$mounts" | wc -l)" -le 40 ]
  echo "$mounts" | grep -q ' / / .* - overlay '
  ! echo "$mounts" | grep ' / /[^ ]* .* - rootfs '  # the whole machine; /data/www of it is a volume
}
check_root_inside() { microctr exec web test ! -e /sbin/microctr; }
check_chroot_escape() { same answer "stayed inside" "$(microctr run /report/escape.conf)"; }

# --- life cycle
is_gone() { [ ! -e "$cgroup" ]; }
machine() {  # what a container could have left behind
  echo "mounts $(cut -d' ' -f4- /proc/self/mountinfo)"
  echo "links $(ls /sys/class/net)"
  echo "cgroups $(find /sys/fs/cgroup -type d | sort)"
}
machine_is() { same machine "$(cat "$1")" "$(machine)"; }
check_stop() {
  links=$(ls /sys/class/net | wc -l)
  microctr stop web
  eventually is_gone
  fewer_links() { [ "$(ls /sys/class/net | wc -l)" -lt "$links" ]; }
  eventually fewer_links
  machine >/tmp/machine
}
check_start_again() {
  microctr start web
  eventually fetch_page
  microctr list | grep -E '^web .*running'
}
check_nothing_left() {
  microctr stop web
  eventually machine_is /tmp/machine
  microctr start web
  eventually fetch_page
}

# --- duties of process 1
no_zombie() { ! grep -l '^State:.Z' /proc/[0-9]*/status; }
check_orphans_are_reaped() {
  for _ in 1 2 3 4 5; do sh -c 'sleep 0.3 & sleep 0.1 & exit 0'; done
  sleep 0.5
  eventually no_zombie
}

report /report/boot.sh
microctr poweroff

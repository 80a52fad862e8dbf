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

# --- a user with a cgroup of its own, as systemd-run --user -p Delegate=yes gives one
delegated=/sys/fs/cgroup/delegated
as_user() {  # COMMAND...: where the processes of that cgroup are
  into=$delegated
  [ ! -d $delegated/microctr-caller ] || into=$delegated/microctr-caller
  sh -c 'echo $$ >'$into'/cgroup.procs; exec su -s /bin/sh nobody -c "exec \"\$@\"" -- _ "$@"' _ "$@"
}
of_user() { as_user microctr --root /tmp/user/data --runtime-dir /tmp/user/run --config-dir /tmp/user/etc "$@"; }
give_cgroup() {
  echo "+memory +pids" >/sys/fs/cgroup/cgroup.subtree_control
  mkdir $delegated
  chown nobody $delegated $delegated/cgroup.procs $delegated/cgroup.subtree_control
  mkdir -p /tmp/user
  chown nobody /tmp/user
}
limited() {  # the configuration of a container with limits; more lines from standard input
  { printf '%s\n' "layer = /var/lib/microctr/layers/busybox" "memory = 16M" "pids = 8" "$@"; } >/tmp/user/limited.conf
}
cgroup_is_as_given() {
  same "below the user's cgroup" $delegated "$(find $delegated -type d)"
  same controllers "" "$(cat $delegated/cgroup.subtree_control)"
}
check_limits_of_a_user() {
  give_cgroup
  limited "command = cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/pids.max"
  same limits "16777216 8" "$(of_user run /tmp/user/limited.conf | xargs)"
  cgroup_is_as_given
}
check_background_of_a_user() {
  limited "command = sleep 1000"
  of_user start /tmp/user/limited.conf
  same "limit" 16777216 "$(cat $delegated/microctr/limited/memory.max)"
  of_user run -o command=true -o name=second /tmp/user/limited.conf
  of_user stop limited
  eventually cgroup_is_as_given
}
check_missing_controller_of_a_user() {
  limited "command = true" "cpuset = 0"
  words=$(of_user run /tmp/user/limited.conf 2>&1) && return 1
  echo "$words" | grep -q "no cgroup controller for cpuset"
  cgroup_is_as_given
}

check_refused_controllers_of_a_user() {
  chown root $delegated/cgroup.subtree_control
  limited "command = true"
  words=$(of_user run /tmp/user/limited.conf 2>&1) && return 1
  chown nobody $delegated/cgroup.subtree_control
  echo "$words" | grep -q "Permission denied"
  cgroup_is_as_given
  same "runtime directory" "" "$(find /tmp/user/run 2>/dev/null)"
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

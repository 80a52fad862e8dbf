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

# --- containers in containers. The initramfs cannot map ids: root inside is the machine's here. The innermost have limits.
nest=/sys/fs/cgroup/microctr/outer
in_outer() { microctr exec outer "$@"; }
in_middle() { in_outer /nest/microctr exec middle "$@"; }
nested_conf() {  # NAME COMMAND [LINE]...
  mkdir -p /tmp/nest
  { printf '%s\n' "layer = busybox" "command = $2"; shift 2; printf '%s\n' "$@"; } >"/tmp/nest/$1.conf"
}
check_nesting_needs_a_user_namespace() {
  nested_conf outer "sleep 1000" "nesting = yes"
  words=$(microctr run /tmp/nest/outer.conf 2>&1) && return 1
  echo "$words" | grep "nest containers without a user namespace: the file system cannot map ids: .*userns = root"
}
check_containers_in_containers() {
  cp /sbin/microctr /tmp/nest/
  nested_conf outer "sleep 1000" "nesting = yes" "userns = root" "volume = /tmp/nest:/nest:ro" "tmpfs = /var/lib/microctr"
  nested_conf middle "sleep 1000" "nesting = yes" "volume = /nest:/nest:ro" "tmpfs = /var/lib/microctr" "pids = 20"
  nested_conf inner "sleep 1000" "pids = 5" "memory = 8M"
  microctr start /tmp/nest/outer.conf
  in_outer /nest/microctr start /nest/middle.conf
  in_middle /nest/microctr start /nest/inner.conf
  same names "outer middle inner" "$({ in_outer hostname; in_middle hostname; in_middle /nest/microctr exec inner hostname; } | xargs)"
  same "numbers of the innermost" 4 "$(awk '/^NStgid:/ { print NF - 1 }' "/proc/$(cat $nest/microctr/middle/microctr/inner/cgroup.procs)/status")"
}
check_limits_inside_containers() {
  inner=$nest/microctr/middle/microctr/inner
  same pids.max "20 5" "$(cat $nest/microctr/middle/pids.max $inner/pids.max | xargs)"
  same memory.max 8388608 "$(cat $inner/memory.max)"
  same "as it sees them" "5 8388608" "$(in_middle /nest/microctr exec inner sh -c 'cat /sys/fs/cgroup/pids.max /sys/fs/cgroup/memory.max' | xargs)"
  in_middle /nest/microctr exec inner sh -c 'for n in 1 2 3 4 5 6 7 8; do sleep 100 >/dev/null 2>&1 & done' && return 1
  [ "$(sed -n 's/^max //p' $inner/pids.events)" -gt 0 ]
  [ "$(cat $inner/pids.peak 2>/dev/null || cat $inner/pids.current)" -le 5 ]
}
check_memory_inside_containers() {
  in_middle /nest/microctr run -o name=hog -o memory=8M -o memory_swap=0 -o 'command=sh -c "head -c 32000000 /dev/zero | tail -n 1 | wc -c; exit 0"' /nest/inner.conf >/tmp/nest/hog 2>&1 || true
  cat /tmp/nest/hog
  ! grep -q 32000000 /tmp/nest/hog
  [ "$(sed -n 's/^oom_kill //p' $nest/microctr/middle/memory.events)" -gt 0 ]
}
has_disk() { mount -t ext4 /dev/vda /mnt; }
check_nesting_with_ids_of_its_own() {  # on a disk, which can map ids: the cgroup is handed over to the container's root
  modprobe -a ext4 virtio_pci virtio_mmio virtio_blk 2>/dev/null || true
  eventually has_disk
  mkdir /mnt/nest
  cp /sbin/microctr /tmp/nest/middle.conf /mnt/nest/
  nested_conf innermost 'sh -c "cat /sys/fs/cgroup/pids.max /proc/self/uid_map; for n in 1 2 3 4 5 6 7 8; do sleep 1 & done; echo all started"' "pids = 5"
  cp /tmp/nest/innermost.conf /mnt/nest/
  nested_conf mapped "/nest/microctr run -o 'command=/nest/microctr run /nest/innermost.conf' /nest/middle.conf" "nesting = yes" \
    "volume = /mnt/nest:/nest:ro" "tmpfs = /var/lib/microctr"
  microctr --root /mnt/data --runtime-dir /tmp/nest-run explain /tmp/nest/mapped.conf | grep "user namespace: ids of its own"
  words=$(microctr --root /mnt/data --runtime-dir /tmp/nest-run run /tmp/nest/mapped.conf 2>&1) || true
  umount /mnt
  echo "$words"
  echo "$words" | grep "can't fork"
  same "limit and map" "5 0 0 1" "$(echo "$words" | head -n 2 | xargs)"
}
check_host_network_with_a_user_namespace() {  # the host's /sys, in which a cgroup2 is mounted already
  nested_conf hostnet "cat /proc/self/cgroup" "userns = root" "network = host"
  same cgroup 0::/ "$(microctr run /tmp/nest/hostnet.conf)"
  nested_conf hostnet "cat /proc/self/cgroup" "network = host"
  same "cgroup further in" 0::/ "$(in_middle /nest/microctr run /nest/hostnet.conf)"
}
check_end_of_containers_in_containers() {
  in_middle /nest/microctr stop -t 100ms inner
  [ ! -e $nest/microctr/middle/microctr/inner ]
  in_middle /nest/microctr start /nest/inner.conf
  same pids.max 5 "$(cat $nest/microctr/middle/microctr/inner/pids.max)"
  microctr stop -t 100ms outer
  microctr remove outer
  [ ! -e $nest ]
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

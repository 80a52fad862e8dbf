#!/bin/sh
# Runs in the machine: BusyBox is process 1, the root is still the kernel's rootfs, where pivot_root is refused, and
# microctr is an ordinary child.
. /report/common.sh

mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
mount -t cgroup2 cgroup2 /sys/fs/cgroup
# shellcheck disable=SC2046  # names of modules
modprobe -a $(sed -n 's/^module = //p' /etc/microctr/init.conf)
ip link set lo up
hostname edge

check_process_1() { same /proc/1/exe /bin/busybox "$(readlink /proc/1/exe)"; }
check_root_is_rootfs() { grep -q ' / / .* - rootfs ' /proc/self/mountinfo; }
check_run() {
  microctr run /etc/microctr/containers/web.conf >/tmp/run 2>&1 &
  echo $! >/tmp/run.pid
  eventually fetch_page || { cat /tmp/run; return 1; }
}
check_chroot_escape() { same answer "stayed inside" "$(microctr run /report/escape.conf)"; }
check_exit_status() {
  status=0
  microctr run -o 'command=sh -c "exit 7"' /report/escape.conf || status=$?
  same status 7 "$status"
}
check_ends_with_signal() {
  kill -TERM "$(cat /tmp/run.pid)"
  ended() { ! kill -0 "$(cat /tmp/run.pid)"; }
  eventually ended
  nothing_left() { [ ! -e /sys/fs/cgroup/microctr/web ] && same links lo "$(ls /sys/class/net)"; }
  eventually nothing_left
}

report /report/foreign.sh
poweroff -f

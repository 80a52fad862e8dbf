#!/bin/sh
# Runs in the machine: a small initramfs has found the root on a disk and has gone over to it.
. /report/common.sh

check_root() {
  words_have "$(awk '$2 == "/"' /proc/mounts | tail -n 1)" "/dev/vda / ext4 rw"
  same /proc/1/exe /sbin/microctr "$(readlink /proc/1/exe)"
}
check_mounts_came_along() {
  for point in /dev /proc /sys /run /dev/pts /sys/fs/cgroup; do
    same "mounts at $point" 1 "$(awk -v point="$point" '$2 == point' /proc/mounts | wc -l)"
  done
}
check_initramfs_is_empty() {
  kilobytes=$(awk '/^Unevictable|^Shmem:/ { sum += $2 } END { print sum }' /proc/meminfo)
  echo "$kilobytes KB are in memory that no disk holds"
  [ "$kilobytes" -le 1024 ]
}
check_container() {  # not by its page: BusyBox httpd of 32 bits finds no file that was read in 2100
  microctr list | grep -E '^web .*running'
  same "host name inside" web "$(microctr exec web hostname)"
}
check_clock_after_2038() {  # BusyBox of 32 bits cannot say it
  booted=$(awk '/^btime/ { print $2 }' /proc/stat)
  [ "$booted" -gt 4102440000 ]
  [ "$booted" -lt 4102450000 ]
}

report /report/root.sh
microctr poweroff

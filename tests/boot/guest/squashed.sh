#!/bin/sh
# Runs in the machine: the root is a squashfs in a file of the initramfs, which was given up for it.
. /report/common.sh

check_root() {
  words_have "$(awk '$2 == "/"' /proc/mounts | tail -n 1)" "/dev/loop0 / squashfs ro"
  same /proc/1/exe /sbin/microctr "$(readlink /proc/1/exe)"
}
check_the_file_is_given_up() { same "loop devices with a file" 1 "$(ls -d /sys/block/loop*/loop | wc -l)"; }
check_container() { microctr list | grep -E '^ticker .*running'; }

report /report/squashed.sh
microctr poweroff

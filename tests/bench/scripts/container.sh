#!/bin/sh
# A container as the shell scripts make it (unshare, mount, pivot_root), over a layer that is there already.
#
# Usage: container.sh LAYER WORK_DIR COMMAND...
set -eu

if [ "$1" = --inside ]; then
  layer=$2 work=$3
  shift 3
  mount -t tmpfs tmpfs "$work"
  mkdir "$work/upper" "$work/work" "$work/merged"
  mount -t overlay -o "lowerdir=$layer,upperdir=$work/upper,workdir=$work/work" overlay "$work/merged"
  cd "$work/merged"
  mkdir -p old
  mount -t proc proc proc
  mount -t sysfs sysfs sys
  mount -t tmpfs -o mode=755 dev dev
  for node in null zero full random urandom tty; do
    : >"dev/$node"
    mount --bind "/dev/$node" "dev/$node"
  done
  mkdir dev/mqueue dev/pts dev/shm
  mount -t mqueue mqueue dev/mqueue
  hostname bench
  pivot_root . old
  umount -l old
  rmdir old
  exec "$@"
fi
mkdir -p "$2"
exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin \
  unshare --user --map-root-user --pid --fork --cgroup --ipc --mount --net --uts sh "$0" --inside "$@"

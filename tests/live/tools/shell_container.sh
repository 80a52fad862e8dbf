#!/bin/sh
# A container made by hand, as the shell container (consh) does it, with the tools of BusyBox alone. Runs in a container
# of ours with `nesting = yes`, where it makes a container inside.
#
# Usage: shell_container.sh WORK_DIR HOST_NAME COMMAND...     WORK_DIR must not be on the container's own overlay
set -eu

# As process 1 of the new namespaces, with the root still to be made.
build() {
  work=$1
  name=$2
  shift 2
  mount -t overlay -o "lowerdir=$work/lower,upperdir=$work/upper,workdir=$work/work,userxattr" overlay "$work/merged"
  mount --bind "$work/merged" "$work/merged"
  cd "$work/merged"
  mkdir -p old
  mount -t proc proc proc
  mount -t sysfs sysfs sys
  pivot_root . old
  cd /
  umount -l /old
  rmdir /old
  hostname "$name"
  exec "$@"
}

if [ "${1-}" = --inside ]; then
  shift
  build "$@"
fi

work=$1
mkdir -p "$work/upper" "$work/work" "$work/merged"
for directory in bin dev etc proc sys tmp; do mkdir -p "$work/lower/$directory"; done
cp /bin/busybox "$work/lower/bin/"
for applet in $(/bin/busybox --list); do [ "$applet" = busybox ] || ln -sf busybox "$work/lower/bin/$applet"; done
exec env -i PATH=/bin unshare --user --map-root-user --pid --fork --ipc --mount --net --uts sh "$0" --inside "$@"

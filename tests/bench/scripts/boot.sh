#!/bin/sh
# What a BusyBox init script and the shell scripts do at boot: modules, the data disk, a lower layer made anew, a container.
PATH=/usr/sbin:/usr/bin:/sbin:/bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs dev /dev
mount -t tmpfs tmpfs /run
mount -t cgroup2 cgroup2 /sys/fs/cgroup
for module in virtio_pci virtio_blk ext4 overlay; do modprobe "$module" 2>/dev/null; done
while [ ! -b /dev/vda ]; do sleep 0.01; done
mount /dev/vda /var/lib/microctr
lower=/run/lower
for directory in bin dev etc home proc root sys tmp usr var; do mkdir -p "$lower/$directory"; done
cp /bin/busybox /var/lib/microctr/layers/busybox/bin/stamp "$lower/bin/"
for applet in $(/bin/busybox --list); do
  [ "$applet" = busybox ] || ln -s busybox "$lower/bin/$applet"
done
mkdir -p /run/work
unshare --user --map-root-user --pid --fork --ipc --mount --net --uts sh -c '
  mount -t tmpfs tmpfs /run/work
  mkdir /run/work/upper /run/work/work /run/work/merged
  mount -t overlay -o lowerdir=/run/lower,upperdir=/run/work/upper,workdir=/run/work/work,userxattr overlay /run/work/merged
  cd /run/work/merged
  mount -t proc proc proc
  mount -t sysfs sysfs sys
  hostname bench
  exec chroot . /bin/stamp'
sync
poweroff -f

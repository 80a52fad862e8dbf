#!/bin/sh
# Runs in the machine: microctr is process 1. The attacks of tests/attack, with version 2 of cgroups alone: first with the
# containers' files on an ext4 disk, where user namespaces with mapped ids are the default, then in the initramfs, whose
# file system cannot map ids.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
export ATTACKS=/report/attack
. /report/attack/judge.sh

modprobe -a ext4 virtio_pci virtio_mmio virtio_blk vsock 2>/dev/null
has_disk() { mount -t ext4 /dev/vda /mnt; }
eventually has_disk || echo "ATTACK no disk"
DISK=$(a_disk)
export DISK

suite() {  # PLACE WORK VARIANTS
  export WORK="$2" TOOL="$2/tool" BINARY="$2/bin/microctr" VARIANTS="$3"
  mkdir -p "$TOOL" "$WORK/bin"
  cp /report/attack-bin/attacks "$TOOL/"
  cp /sbin/microctr "$WORK/bin/"
  # shellcheck disable=SC2046  # names without blanks
  judge_all $(attack_files) 2>&1 | sed "s/^/ATTACK $1 /"
}
suite disk /mnt/attack "default off"
suite initramfs /tmp/attack "default"
echo "REPORT end"
/sbin/microctr poweroff

// Attack: makes a node of the kernel's log (/dev/kmsg) and opens it
// Row: defaults
// Defence: no CAP_MKNOD; device filter of the cgroup
// off: open; device = /dev/kmsg:rwm
#include <sys/sysmacros.h>

#include "attack.h"

ATTACK(mknod_kmsg) {
  if (mknod("/dev/attack", S_IFCHR | 0600, makedev(1, 11)) != 0) return refused("mknod");
  return verdict("open", open("/dev/attack", O_WRONLY | O_CLOEXEC | O_NONBLOCK));
}

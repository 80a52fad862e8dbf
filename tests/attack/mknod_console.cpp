// Attack: makes a node of the machine's console and opens it
// Row: defaults
// Defence: no CAP_MKNOD; device filter of the cgroup
// off: open; device = /dev/console:/dev/of-the-host:rwm
#include <sys/sysmacros.h>

#include "attack.h"

ATTACK(mknod_console) {
  if (mknod("/dev/attack", S_IFCHR | 0600, makedev(5, 1)) != 0) return refused("mknod");
  return verdict("open", open("/dev/attack", O_WRONLY | O_CLOEXEC | O_NONBLOCK));
}

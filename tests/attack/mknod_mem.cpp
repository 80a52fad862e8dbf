// Attack: makes a node of the machine's memory and of its ports (/dev/mem, /dev/port) and opens it
// Row: defaults
// Defence: no CAP_MKNOD; device filter of the cgroup
// needs: /dev/mem
// off: open; device = -/dev/mem:rwm; device = -/dev/port:rwm
#include <sys/sysmacros.h>

#include "attack.h"

ATTACK(mknod_mem) {
  if (mknod("/dev/attack-mem", S_IFCHR | 0600, makedev(1, 1)) != 0) return refused("mknod");
  if (mknod("/dev/attack-port", S_IFCHR | 0600, makedev(1, 4)) != 0) return refused("mknod");
  const int memory = open("/dev/attack-mem", O_RDONLY | O_CLOEXEC);
  const int port = memory >= 0 || errno != ENXIO ? memory : open("/dev/attack-port", O_RDONLY | O_CLOEXEC);
  if (port < 0 && errno == ENXIO) return absent("/dev/mem");
  return verdict("open", port);
}

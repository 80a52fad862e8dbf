// Attack: makes a node of the machine's memory and of its ports (/dev/mem, /dev/port) and opens it
// Row: defaults
// Defence: no CAP_MKNOD; device filter of the cgroup
// needs: /dev/mem
// off: open; device = -/dev/mem:rwm; device = -/dev/port:rwm
#include <sys/sysmacros.h>

#include "attack.h"

ATTACK(mknod_mem) {
  constexpr unsigned minors[] = {1, 4};  // mem, port
  for (const unsigned minor : minors) {
    unlink("/dev/attack-mem");
    if (mknod("/dev/attack-mem", S_IFCHR | 0600, makedev(1, minor)) != 0) continue;
    if (open("/dev/attack-mem", O_RDONLY | O_CLOEXEC) >= 0) return succeeded("open");
    if (errno == ENXIO) return absent("/dev/mem");
  }
  return refused("mknod or open");
}

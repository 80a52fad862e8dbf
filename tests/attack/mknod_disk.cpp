// Attack: makes a node of each disk (/proc/partitions) and of a loop device, and opens it
// Row: defaults
// Defence: no CAP_MKNOD; device filter of the cgroup
// off: open; device = $DISK:rwm
#include <sys/sysmacros.h>

#include "attack.h"

ATTACK(mknod_disk) {
  FILE* const list = fopen("/proc/partitions", "r");
  char line[128] = " 7 0";
  do {
    unsigned major = 0;
    unsigned minor = 0;
    if (sscanf(line, "%u %u", &major, &minor) != 2) continue;
    unlink("/dev/attack");
    if (mknod("/dev/attack", S_IFBLK | 0600, makedev(major, minor)) != 0) continue;
    if (open("/dev/attack", O_RDONLY | O_CLOEXEC) >= 0) return succeeded("open");
  } while (list != nullptr && fgets(line, sizeof line, list) != nullptr);
  return refused("mknod or open");
}

// Attack: makes a node of the machine's disk, by its number in /proc/partitions, and reads it
// Row: defaults
// Defence: no CAP_MKNOD; device filter of the cgroup
// off: open; device = $DISK:rwm
#include <sys/sysmacros.h>

#include "attack.h"

ATTACK(mknod_disk) {
  FILE* const list = fopen("/proc/partitions", "r");
  if (list == nullptr) return broken("/proc/partitions");
  char line[128];
  unsigned major = 0;
  unsigned minor = 0;
  while (fgets(line, sizeof line, list) != nullptr && sscanf(line, "%u %u", &major, &minor) != 2) continue;
  fclose(list);
  if (mknod("/dev/attack", S_IFBLK | 0600, makedev(major, minor)) != 0) return refused("mknod");
  const int disk = open("/dev/attack", O_RDONLY | O_CLOEXEC);
  char block[512];
  return verdict("read", disk < 0 ? -1 : read(disk, block, sizeof block));
}

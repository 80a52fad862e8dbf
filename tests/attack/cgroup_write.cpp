// Attack: writes into the cgroup tree that it sees, as it is or mounted writable (CVE-2023-25809)
// Row: cgroup-tree
// Defence: read-only /sys/fs/cgroup, cgroup namespace; no CAP_SYS_ADMIN
// off: open
#include "attack.h"

ATTACK(cgroup_write) {
  const char* const places[] = {"/sys/fs/cgroup", "/sys/fs/cgroup/unified"};
  int file = -1;
  for (const char* place : places) {
    char path[128];
    (void)mount("none", place, nullptr, MS_REMOUNT | MS_BIND, nullptr);
    snprintf(path, sizeof path, "%s/cgroup.procs", place);
    const int opened = open(path, O_WRONLY | O_CLOEXEC);
    if (opened >= 0) file = opened;
  }
  return verdict("cgroup.procs", file);
}

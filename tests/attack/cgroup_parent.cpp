// Attack: leaves its cgroup for the one above it, or for the root of a cgroup2 that it mounts itself
// Row: cgroup-tree
// Defence: cgroup namespace; no CAP_SYS_ADMIN; the default seccomp policy
// off: open; namespaces = mount uts ipc pid network
#include "attack.h"

ATTACK(cgroup_parent) {
  int file = open("/sys/fs/cgroup/../cgroup.procs", O_WRONLY | O_CLOEXEC);
  if (file < 0) {
    if (mount("cgroup2", "/tmp", "cgroup2", 0, "") != 0) return refused("mount cgroup2");
    file = open("/tmp/cgroup.procs", O_WRONLY | O_CLOEXEC);
  }
  return verdict("move", file < 0 ? -1 : write(file, "0", 1));
}

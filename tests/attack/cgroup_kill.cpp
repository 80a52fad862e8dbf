// Attack: ends all of its neighbours with the cgroup.kill above it (opened only)
// Row: cgroup-tree
// Defence: cgroup namespace; no CAP_SYS_ADMIN; the default seccomp policy
// off: open; namespaces = mount uts ipc pid network
#include "attack.h"

ATTACK(cgroup_kill) {
  if (mount("cgroup2", "/tmp", "cgroup2", 0, "") != 0) return refused("mount cgroup2");
  return opens("/tmp/microctr/cgroup.kill", O_WRONLY);
}

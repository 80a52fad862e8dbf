// Attack: enters the namespaces of a neighbour by setns
// Row: defaults
// Defence: pid namespace; no CAP_SYS_ADMIN; the default seccomp policy
// off: userns = host; namespaces = mount uts ipc network cgroup; cap_add = ALL; seccomp = off
// pair: victim
#include "attack.h"

ATTACK(enter_neighbour) {
  const pid_t victim = find_process("attacks victim");
  errno = ESRCH;
  if (victim == 0) return refused("find the neighbour");
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/ns/mnt", victim);
  const int space = open(path, O_RDONLY | O_CLOEXEC);
  if (space < 0) return refused(path);
  return verdict("setns", setns(space, CLONE_NEWNS));
}

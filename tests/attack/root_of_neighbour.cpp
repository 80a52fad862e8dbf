// Attack: reaches the files of a neighbour through /proc/PID/root
// Row: defaults
// Defence: pid namespace
// off: userns = host; namespaces = mount uts ipc network cgroup; cap_add = ALL; seccomp = off
// pair: victim
#include "attack.h"

ATTACK(root_of_neighbour) {
  const pid_t victim = find_process("attacks victim");
  errno = ESRCH;
  if (victim == 0) return refused("find the neighbour");
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/root/etc", victim);
  return opens(path, O_RDONLY);
}

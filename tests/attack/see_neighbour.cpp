// Attack: finds a process of a neighbour in /proc
// Row: defaults
// Defence: pid namespace
// off: userns = host; namespaces = mount uts ipc network cgroup; cap_add = ALL; seccomp = off
// pair: victim
#include "attack.h"

ATTACK(see_neighbour) {
  errno = ESRCH;
  return find_process("attacks victim") != 0 ? succeeded("it is in /proc") : refused("/proc");
}

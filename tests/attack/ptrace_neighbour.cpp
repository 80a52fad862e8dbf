// Attack: takes over a process of a neighbour by ptrace
// Row: defaults
// Defence: pid namespace
// off: userns = host; namespaces = mount uts ipc network cgroup; cap_add = ALL; seccomp = off
// pair: victim
#include <sys/ptrace.h>

#include "attack.h"

ATTACK(ptrace_neighbour) {
  const pid_t victim = find_process("attacks victim");
  errno = ESRCH;
  if (victim == 0) return refused("find the neighbour");
  const long taken = ptrace(PTRACE_ATTACH, victim, 0, 0);
  if (taken == 0) {
    waitpid(victim, nullptr, __WALL);
    ptrace(PTRACE_DETACH, victim, 0, 0);
  }
  return verdict("ptrace", taken);
}

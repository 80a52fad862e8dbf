// Attack: reads the memory of a neighbour by process_vm_readv
// Row: defaults
// Defence: pid namespace
// off: userns = host; namespaces = mount uts ipc network cgroup; cap_add = ALL; seccomp = off
// pair: victim
#include <sys/uio.h>

#include "attack.h"

ATTACK(memory_of_neighbour) {
  const pid_t victim = find_process("attacks victim");
  errno = ESRCH;
  if (victim == 0) return refused("find the neighbour");
  char path[64];
  char line[64] = "";
  snprintf(path, sizeof path, "/proc/%d/maps", victim);
  const int maps = open(path, O_RDONLY | O_CLOEXEC);
  if (maps < 0 || read(maps, line, sizeof line - 1) <= 0) return refused(path);
  char byte;
  iovec ours = {&byte, 1};
  iovec theirs = {reinterpret_cast<void*>(strtoul(line, nullptr, 16)), 1};
  return verdict("process_vm_readv", process_vm_readv(victim, &ours, 1, &theirs, 1, 0));
}

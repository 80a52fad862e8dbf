// Attack: signals every process that there is (with signal 0)
// Row: defaults
// Defence: pid namespace
// off: userns = host; namespaces = mount uts ipc network cgroup; cap_add = ALL; seccomp = off
// pair: victim
#include "attack.h"

ATTACK(signal_all) { return verdict("kill(-1, 0)", kill(-1, 0)); }

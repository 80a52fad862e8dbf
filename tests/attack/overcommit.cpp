// Attack: changes the memory policy of the machine (/proc/sys/vm/overcommit_memory)
// Row: defaults
// Defence: read-only /proc/sys; its owner is the host's root
// off: open
#include "attack.h"

ATTACK(overcommit) { return opens("/proc/sys/vm/overcommit_memory", O_WRONLY); }

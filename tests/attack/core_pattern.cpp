// Attack: changes a program that the host runs for every crash (/proc/sys/kernel/core_pattern)
// Row: defaults
// Defence: read-only /proc/sys; its owner is the host's root
// off: open
#include "attack.h"

ATTACK(core_pattern) { return opens("/proc/sys/kernel/core_pattern", O_WRONLY); }

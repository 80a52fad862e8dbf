// Attack: opens /proc/sysrq-trigger for writing
// Row: defaults
// Defence: read-only path; its owner is the host's root
// off: open
#include "attack.h"

ATTACK(sysrq) { return opens("/proc/sysrq-trigger", O_WRONLY); }

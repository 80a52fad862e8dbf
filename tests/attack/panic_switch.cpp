// Attack: changes a switch that turns a fault into a halt (/proc/sys/kernel/panic_on_oops)
// Row: defaults
// Defence: read-only /proc/sys; its owner is the host's root
// off: open
#include "attack.h"

ATTACK(panic_switch) { return opens("/proc/sys/kernel/panic_on_oops", O_WRONLY); }

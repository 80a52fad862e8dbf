// Attack: reads all processes of the machine (/proc/sched_debug)
// Row: defaults
// Defence: masked path
// off: open
#include "attack.h"

ATTACK(read_sched_debug) { return reads("/proc/sched_debug"); }

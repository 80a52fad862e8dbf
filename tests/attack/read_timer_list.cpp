// Attack: reads the timers of all processes (/proc/timer_list)
// Row: defaults
// Defence: masked path
// off: open
#include "attack.h"

ATTACK(read_timer_list) { return reads("/proc/timer_list"); }

// Attack: reads what all processes wait for (/proc/latency_stats)
// Row: defaults
// Defence: masked path
// off: open
#include "attack.h"

ATTACK(read_latency_stats) { return reads("/proc/latency_stats"); }

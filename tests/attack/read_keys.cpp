// Attack: reads everybody's keys (/proc/keys)
// Row: defaults
// Defence: masked path
// off: open
#include "attack.h"

ATTACK(read_keys) { return reads("/proc/keys"); }

// Attack: reads the sound cards (/proc/asound)
// Row: defaults
// Defence: masked path
// off: open
#include "attack.h"

ATTACK(read_asound) { return reads("/proc/asound"); }

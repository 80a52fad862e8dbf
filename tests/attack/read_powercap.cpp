// Attack: reads the power counters, a side channel (/sys/devices/virtual/powercap)
// Row: defaults
// Defence: masked path
// off: open
#include "attack.h"

ATTACK(read_powercap) { return reads("/sys/devices/virtual/powercap"); }

// Attack: reads the tables of the firmware (/sys/firmware)
// Row: defaults
// Defence: masked path
// off: open
#include "attack.h"

ATTACK(read_firmware) { return reads("/sys/firmware"); }

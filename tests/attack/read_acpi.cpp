// Attack: reads the switches of ACPI (/proc/acpi)
// Row: defaults
// Defence: masked path
// off: open
#include "attack.h"

ATTACK(read_acpi) { return reads("/proc/acpi"); }

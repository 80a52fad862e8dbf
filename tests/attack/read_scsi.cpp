// Attack: reads the disks of the machine (/proc/scsi)
// Row: defaults
// Defence: masked path
// off: open
#include "attack.h"

ATTACK(read_scsi) { return reads("/proc/scsi"); }

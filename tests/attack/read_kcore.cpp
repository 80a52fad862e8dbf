// Attack: reads the memory of the machine (/proc/kcore)
// Row: defaults
// Defence: masked path
// off: open
#include "attack.h"

ATTACK(read_kcore) { return reads("/proc/kcore"); }

// Attack: adds swap (a file that does not exist)
// Row: defaults
// Defence: no CAP_SYS_ADMIN; the default seccomp policy
// off: open
#include "attack.h"

ATTACK(swapon) { return reached("swapon", syscall(SYS_swapon, "/nowhere", 0)); }

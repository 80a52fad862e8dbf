// Attack: loads a kernel module from a file (no file)
// Row: defaults
// Defence: no CAP_SYS_MODULE; the default seccomp policy
// off: open
#include "attack.h"

ATTACK(finit_module) { return reached("finit_module", syscall(SYS_finit_module, -1, "", 0)); }

// Attack: loads a kernel module (an empty one)
// Row: defaults
// Defence: no CAP_SYS_MODULE; the default seccomp policy
// off: open
#include "attack.h"

ATTACK(init_module) { return reached("init_module", syscall(SYS_init_module, "", 0, "")); }

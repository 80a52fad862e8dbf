// Attack: unloads a kernel module (one that does not exist)
// Row: defaults
// Defence: no CAP_SYS_MODULE; the default seccomp policy
// off: open
#include "attack.h"

ATTACK(delete_module) { return reached("delete_module", syscall(SYS_delete_module, "attack_none", O_NONBLOCK)); }

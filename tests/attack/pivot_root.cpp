// Attack: changes the root mount
// Row: defaults
// Defence: no CAP_SYS_ADMIN; the default seccomp policy
// off: open
#include "attack.h"

ATTACK(pivot_root) { return reached("pivot_root", syscall(SYS_pivot_root, "/nowhere", "/nowhere")); }

// Attack: switches process accounting on (into a file that does not exist)
// Row: defaults
// Defence: no CAP_SYS_PACCT; the default seccomp policy
// off: open
#include "attack.h"

ATTACK(acct) { return reached("acct", syscall(SYS_acct, "/nowhere")); }

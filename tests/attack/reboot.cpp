// Attack: restarts the machine (with a wrong magic number)
// Row: defaults
// Defence: no CAP_SYS_BOOT; the default seccomp policy
// off: open
#include "attack.h"

ATTACK(reboot) { return reached("reboot", syscall(SYS_reboot, 1, 2, 3, nullptr)); }

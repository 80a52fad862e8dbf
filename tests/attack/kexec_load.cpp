// Attack: loads another kernel (too many segments, so that it is refused late)
// Row: defaults
// Defence: no CAP_SYS_BOOT; the default seccomp policy
// off: open
#include "attack.h"

ATTACK(kexec_load) { return reached("kexec_load", syscall(SYS_kexec_load, 0, 0x7fffffff, nullptr, 0)); }

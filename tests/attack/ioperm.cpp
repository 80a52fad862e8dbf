// Attack: reaches a port of the hardware by ioperm
// Row: defaults
// Defence: no CAP_SYS_RAWIO; the default seccomp policy
// off: open
// arch: x86_64
#include "attack.h"

#ifdef __x86_64__
ATTACK(ioperm) { return verdict("ioperm", syscall(SYS_ioperm, 0x80, 1, 1)); }
#endif

// Attack: reaches the ports of the hardware by iopl
// Row: defaults
// Defence: no CAP_SYS_RAWIO; the default seccomp policy
// off: open
// arch: x86_64
#include "attack.h"

#ifdef __x86_64__
ATTACK(iopl) { return verdict("iopl", syscall(SYS_iopl, 3)); }
#endif

// Attack: goes around the filter by the numbers of the x32 ABI
// Row: defaults
// Defence: the default seccomp policy refuses x32
// off: seccomp = off
// arch: x86_64
#include "attack.h"

#ifdef __x86_64__
ATTACK(x32) { return verdict("unshare(CLONE_NEWUSER) of x32", syscall(0x40000000 + SYS_unshare, CLONE_NEWUSER)); }
#endif

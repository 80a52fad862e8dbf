// Attack: switches address randomisation off for what it starts
// Row: defaults
// Defence: the default seccomp policy
// off: seccomp = off
#include "attack.h"

ATTACK(personality) { return verdict("personality", syscall(SYS_personality, 0x0040000 /* ADDR_NO_RANDOMIZE */)); }

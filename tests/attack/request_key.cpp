// Attack: asks for a key, for which the kernel may run a program of the host
// Row: defaults
// Defence: the default seccomp policy
// off: seccomp = off
#include "attack.h"

ATTACK(request_key) { return reached("request_key", syscall(SYS_request_key, "user", "attack-without", nullptr, 0)); }

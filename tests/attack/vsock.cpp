// Attack: talks to the hypervisor by a vsock, which no network namespace divides
// Row: defaults
// Defence: the default seccomp policy
// off: seccomp = off
#include "attack.h"

ATTACK(vsock) { return verdict("socket(AF_VSOCK)", socket(40, SOCK_STREAM, 0)); }

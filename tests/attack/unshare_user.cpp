// Attack: makes a user namespace, where it has every capability
// Row: defaults
// Defence: the default seccomp policy
// off: seccomp = off
#include "attack.h"

ATTACK(unshare_user) { return verdict("unshare(CLONE_NEWUSER)", unshare(CLONE_NEWUSER)); }

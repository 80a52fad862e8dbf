// Attack: watches every file of a file system
// Row: defaults
// Defence: no CAP_SYS_ADMIN; the default seccomp policy
// off: open
#include "attack.h"

ATTACK(fanotify) { return verdict("fanotify_init", syscall(SYS_fanotify_init, 4 /* FAN_CLASS_CONTENT */, O_RDONLY)); }

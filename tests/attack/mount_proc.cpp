// Attack: mounts a fresh procfs without what is hidden
// Row: defaults
// Defence: no CAP_SYS_ADMIN; the default seccomp policy
// off: open
#include "attack.h"

ATTACK(mount_proc) { return verdict("mount proc", mount("proc", "/tmp", "proc", 0, "")); }

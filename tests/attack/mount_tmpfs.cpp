// Attack: mounts a tmpfs
// Row: defaults
// Defence: no CAP_SYS_ADMIN; the default seccomp policy
// off: open
#include "attack.h"

ATTACK(mount_tmpfs) { return verdict("mount tmpfs", mount("none", "/tmp", "tmpfs", 0, "")); }

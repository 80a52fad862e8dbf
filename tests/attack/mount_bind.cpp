// Attack: binds a directory over another
// Row: defaults
// Defence: no CAP_SYS_ADMIN; the default seccomp policy
// off: open
#include "attack.h"

ATTACK(mount_bind) { return verdict("bind", mount("/etc", "/tmp", nullptr, MS_BIND, nullptr)); }

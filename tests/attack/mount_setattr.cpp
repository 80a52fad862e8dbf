// Attack: takes the read-only flag away by mount_setattr
// Row: defaults
// Defence: no CAP_SYS_ADMIN; the default seccomp policy
// off: open
#include "attack.h"

ATTACK(mount_setattr) {
  const uint64_t attributes[4] = {0, 1 /* MOUNT_ATTR_RDONLY */, 0, 0};
  return verdict("mount_setattr", syscall(442, -100, "/sys", 0, attributes, sizeof attributes));
}

// Attack: mounts by fsopen, fsconfig, fsmount, move_mount
// Row: defaults
// Defence: no CAP_SYS_ADMIN; the default seccomp policy
// off: open
#include "attack.h"

ATTACK(mount_new_api) {
  const long context = syscall(430 /* fsopen */, "tmpfs", 0);
  if (context < 0) return refused("fsopen");
  if (syscall(431 /* fsconfig */, context, 6 /* FSCONFIG_CMD_CREATE */, nullptr, nullptr, 0) < 0)
    return refused("fsconfig");
  const long tree = syscall(432 /* fsmount */, context, 0, 0);
  if (tree < 0) return refused("fsmount");
  return verdict("move_mount", syscall(429 /* move_mount */, tree, "", -100, "/tmp", 4 /* MOVE_MOUNT_F_EMPTY_PATH */));
}

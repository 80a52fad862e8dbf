// Attack: mounts /sys writable and opens a switch of the kernel in it
// Row: defaults
// Defence: no CAP_SYS_ADMIN; the default seccomp policy
// off: open
#include "attack.h"

ATTACK(remount_sys) {
  // The mount, and the file system below it.
  (void)mount("none", "/sys", nullptr, MS_REMOUNT | MS_BIND, nullptr);
  if (mount("none", "/sys", nullptr, MS_REMOUNT, nullptr) != 0) return refused("remount /sys");
  return opens("/sys/kernel/rcu_expedited", O_WRONLY);
}

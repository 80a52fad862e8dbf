// Attack: mounts /proc/sys writable
// Row: defaults
// Defence: no CAP_SYS_ADMIN; the default seccomp policy
// off: userns = host; cap_add = ALL; seccomp = off
#include "attack.h"

ATTACK(remount_proc_sys) {
  if (mount("none", "/proc/sys", nullptr, MS_REMOUNT | MS_BIND, nullptr) != 0) return refused("remount /proc/sys");
  return opens("/proc/sys/kernel/panic", O_WRONLY);
}

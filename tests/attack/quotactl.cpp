// Attack: reads the disk quota of a device (that does not exist)
// Row: defaults
// Defence: the default seccomp policy
// off: open
#include "attack.h"

ATTACK(quotactl) {
  constexpr int get_info = static_cast<int>(0x800005u << 8);
  char answer[64];
  return reached("quotactl", syscall(SYS_quotactl, get_info, "/nowhere", 0, answer));
}

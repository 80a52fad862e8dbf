// Attack: sets the clock of the machine (to an impossible time)
// Row: defaults
// Defence: the default seccomp policy
// off: open
#include "attack.h"

ATTACK(clock_settime) {
  const long impossible[2] = {0, -1};
  return reached("clock_settime", syscall(SYS_clock_settime, 0, impossible));
}

// Attack: sets the clock of the machine (to an impossible time)
// Row: defaults
// Defence: the default seccomp policy
// off: open
#include <time.h>

#include "attack.h"

ATTACK(clock_settime) {
  timespec impossible = {};
  impossible.tv_nsec = -1;
  return reached("clock_settime", clock_settime(CLOCK_REALTIME, &impossible));
}

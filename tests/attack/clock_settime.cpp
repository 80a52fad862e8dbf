// Attack: sets the clock of the machine (to an impossible time)
// Row: defaults
// Defence: the default seccomp policy
// off: open
#include <time.h>

#include "attack.h"

ATTACK(clock_settime) {
  // The call itself: a C library refuses such a time before it asks the kernel.
#ifdef SYS_clock_settime
  constexpr long number = SYS_clock_settime;
#else
  constexpr long number = 404;  // clock_settime64 of 32-bit machines
#endif
  const long impossible[4] = {0, -1, -1, -1};
  return reached("clock_settime", syscall(number, CLOCK_REALTIME, impossible));
}

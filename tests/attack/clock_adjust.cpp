// Attack: moves the clock of the machine (by nothing)
// Row: defaults
// Defence: no CAP_SYS_TIME
// off: open
#include <sys/timex.h>

#include "attack.h"

ATTACK(clock_adjust) {
  timex change = {};
  change.modes = 0x0100;  // ADJ_SETOFFSET
  return verdict("adjtimex", adjtimex(&change));
}

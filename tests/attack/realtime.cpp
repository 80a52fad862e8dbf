// Attack: takes a processor for itself with a real-time priority
// Row: starvation
// Defence: no CAP_SYS_NICE
// off: cap_add = SYS_NICE; userns = host
#include "attack.h"

ATTACK(realtime) {
  const int lowest = 1;
  return verdict("sched_setscheduler(SCHED_FIFO)", syscall(SYS_sched_setscheduler, 0, SCHED_FIFO, &lowest));
}

// Attack: opens a performance counter of itself
// Row: defaults
// Defence: the default seccomp policy
// off: open
#include "attack.h"

ATTACK(perf_event_open) {
  uint32_t attributes[32] = {1 /* PERF_TYPE_SOFTWARE */, 64 /* PERF_ATTR_SIZE_VER0 */};
  return verdict("perf_event_open", syscall(SYS_perf_event_open, attributes, 0, -1, -1, 0));
}

// Attack: reads the kernel's log
// Row: defaults
// Defence: no CAP_SYSLOG; the default seccomp policy
// off: open
#include "attack.h"

ATTACK(syslog) {
  char text[64];
  return verdict("syslog(SYSLOG_ACTION_READ_ALL)", syscall(SYS_syslog, 3, text, sizeof text));
}

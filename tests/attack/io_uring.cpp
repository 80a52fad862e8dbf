// Attack: sets up an io_uring, whose operations no filter sees
// Row: defaults
// Defence: the default seccomp policy
// off: seccomp = off
#include "attack.h"

ATTACK(io_uring) {
  char parameters[256] = {};
  return verdict("io_uring_setup", syscall(SYS_io_uring_setup, 4, parameters));
}

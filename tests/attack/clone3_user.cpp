// Attack: makes a user namespace by clone3, whose flags a filter cannot read
// Row: defaults
// Defence: the default seccomp policy answers ENOSYS to clone3
// off: seccomp = off
#include "attack.h"

ATTACK(clone3_user) {
  uint64_t arguments[8] = {CLONE_NEWUSER, 0, 0, 0, SIGCHLD};
  const long child = syscall(SYS_clone3, arguments, sizeof arguments);
  if (child == 0) _exit(0);
  return verdict("clone3(CLONE_NEWUSER)", child);
}

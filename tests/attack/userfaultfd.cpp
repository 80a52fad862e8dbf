// Attack: makes a userfaultfd, the usual help of kernel exploits
// Row: defaults
// Defence: the default seccomp policy
// off: open
#include "attack.h"

ATTACK(userfaultfd) {
  constexpr int user_mode_only = 1;  // allowed to everybody but for the filter
  return verdict("userfaultfd", syscall(SYS_userfaultfd, O_CLOEXEC | user_mode_only));
}

// Attack: goes around the filter by the numbers of the x32 ABI
// Row: defaults
// Defence: the default seccomp policy refuses x32
// off: seccomp = off
// arch: x86_64
#include "attack.h"

#ifdef __x86_64__
// In a process of its own, which the filter kills.
ATTACK(x32) {
  const pid_t child = fork();
  if (child == 0) _exit(syscall(0x40000000 + SYS_unshare, CLONE_NEWUSER) == 0 ? 0 : errno);
  int status = 0;
  if (child < 0 || waitpid(child, &status, 0) != child) return broken("fork");
  errno = WIFEXITED(status) ? WEXITSTATUS(status) : EPERM;
  return errno == 0 ? succeeded("unshare(CLONE_NEWUSER) of x32") : refused("unshare(CLONE_NEWUSER) of x32");
}
#endif

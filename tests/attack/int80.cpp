// Attack: goes around the filter by the 32-bit ABI of the kernel
// Row: defaults
// Defence: the default seccomp policy has a table for the 32-bit ABI
// off: seccomp = off
// arch: x86_64
#include "attack.h"

#ifdef __x86_64__
ATTACK(int80) {
  const pid_t child = fork();
  if (child == 0) {
    constexpr int unshare_of_i386 = 310;
    long answer = unshare_of_i386;
    asm volatile("int $0x80" : "+a"(answer) : "b"(static_cast<long>(CLONE_NEWUSER)) : "memory", "cc");
    _exit(static_cast<int>(-static_cast<int>(answer)));
  }
  int status = 0;
  waitpid(child, &status, 0);
  if (!WIFEXITED(status)) {  // without that ABI it is a fault; a filter may kill as well
    errno = WTERMSIG(status) == SIGSYS ? EPERM : ENOSYS;
    return refused("int 0x80");
  }
  errno = WEXITSTATUS(status);
  return verdict("unshare(CLONE_NEWUSER) of i386", errno == 0 ? 0 : -1);
}
#endif

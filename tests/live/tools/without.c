// Runs its words with some system calls missing (ENOSYS), as an older kernel would.
// `setns_pidfd` stands for a setns that takes no pidfd (EINVAL), as before Linux 5.8: any with a number of flags.
//
// Usage: without CALL[,CALL...] COMMAND...     as root: no_new_privs is not set, so that all else stays as it is
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

// The same numbers on every architecture (since Linux 5.1).
static const struct { const char* name; unsigned number; } calls[] = {
    {"close_range", 436}, {"openat2", 437}, {"mount_setattr", 442}, {"clone3", 435}, {"faccessat2", 439}};

static const unsigned second_argument =
    offsetof(struct seccomp_data, args[1]) + (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? 4 : 0);

int main(int count, char** words) {
  struct sock_filter filter[32] = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr))};
  unsigned short length = 1;
  if (count < 3) return 2;
  for (char* name = strtok(words[1], ","); name; name = strtok(NULL, ",")) {
    unsigned at = 0;
    if (!strcmp(name, "setns_pidfd")) {
      filter[length++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_setns, 0, 4);
      filter[length++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, second_argument);
      filter[length++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0);
      filter[length++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EINVAL);
      filter[length++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
      continue;
    }
    while (at < sizeof calls / sizeof *calls && strcmp(name, calls[at].name)) ++at;
    if (at == sizeof calls / sizeof *calls) return 2;
    filter[length++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, calls[at].number, 0, 1);
    filter[length++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS);
  }
  filter[length++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
  struct sock_fprog program = {length, filter};
  if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program)) return 2;  // root: no_new_privs is not touched
  execvp(words[2], words + 2);
  return 2;
}

// Runs its words with a system call that never comes back: sethostname, the first that a container's process makes of
// its own when it may go on. As a file system that does not answer would hold it.
//
// Usage: hold COMMAND...     as root, as `without`
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int count, char** words) {
  struct sock_filter filter[] = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
                                 BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_sethostname, 0, 1),
                                 BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
                                 BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
  struct sock_fprog program = {sizeof filter / sizeof *filter, filter};
  if (count < 2) return 2;
  if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program) < 0) return 2;
  if (fork() == 0) {  // who could answer, and does not; exec closes it for the others
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    close(0);
    close(1);
    close(2);
    while (1) pause();
  }
  execvp(words[1], words + 1);
  return 2;
}

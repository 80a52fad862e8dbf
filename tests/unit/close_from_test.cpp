// Closing all descriptors on kernels without close_range, which a filter stands for here.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>

#include "launcher/base/sys.h"

namespace microctr {
namespace {

// To close one that is not open is fatal, so that going through all of them is.
void filter_close(std::uint32_t open_before, std::uint32_t highest) {
  sock_filter code[] = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
                        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_close_range, 0, 1),
                        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
                        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_close, 0, 3),
                        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, args[0])),
                        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, open_before, 0, 1),
                        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, highest, 0, 1),
                        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
                        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS)};
  const sock_fprog program = {static_cast<unsigned short>(std::size(code)), code};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
    _exit(10);
}

TEST(CloseFrom, closes_what_is_open_and_asks_for_no_other) {
  for (const rlim_t limit : {rlim_t{40}, rlim_t{300}, rlim_t{0}}) {
    const pid_t pid = fork();
    if (pid == 0) {
      rlimit limits = {};
      getrlimit(RLIMIT_NOFILE, &limits);
      limits.rlim_cur = limit != 0 ? limit : limits.rlim_max;
      setrlimit(RLIMIT_NOFILE, &limits);
      const int highest = static_cast<int>(limits.rlim_cur) - 1;
      close_range(3, ~0U, 0);
      for (int number = 3; number < 10; ++number) (void)dup2(0, number);
      if (dup2(0, highest) != highest) _exit(11);
      filter_close(10, static_cast<std::uint32_t>(highest));
      if (!sys::close_from(5)) _exit(12);
      for (const int number : {5, 6, 9, highest}) {
        if (fcntl(number, F_GETFD) != -1) _exit(13);
      }
      _exit(fcntl(3, F_GETFD) != -1 && fcntl(4, F_GETFD) != -1 ? 0 : 14);
    }
    int status = -1;
    waitpid(pid, &status, 0);
    EXPECT_EQ(status, 0) << limit;
  }
}

}  // namespace
}  // namespace microctr

// The kernel's own opinion: programs are loaded into a child, which then makes the calls.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "launcher/base/sys.h"
#include "launcher/seccomp/compile.h"

namespace microctr::seccomp {
namespace {

// Runs `check` in a child behind the filter of `text`. The exit status of the child, or minus the signal that ended it:
// 0 when all was well, otherwise the line of the first check that failed, modulo 200.
template <typename Check>
int behind(const std::string& text, Check check) {
  Policy policy;
  Diagnostics diagnostics;
  EXPECT_TRUE(read_policy("a.policy", text, policy, diagnostics));
  Program program;
  EXPECT_TRUE(compile(policy, {0, sys::kernel_release(), false}, program));
  const std::span<const Instruction> view = program.view();
  const sock_fprog filter = {static_cast<unsigned short>(view.size()),
                             reinterpret_cast<sock_filter*>(const_cast<Instruction*>(view.data()))};
  const pid_t child = fork();
  if (child == 0) {
    // Sanitizers take signals for themselves, and make calls of their own in _exit; behind the filter only `check`
    // does.
    for (const int fault : {SIGSEGV, SIGSYS, SIGILL}) signal(fault, SIG_DFL);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) _exit(201);
    if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter) != 0) _exit(202);
    const int answer = check();
    syscall(SYS_exit_group, answer);
    __builtin_trap();
  }
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

#define REQUIRE(condition) \
  if (!(condition)) return 1 + __LINE__ % 200

long error_of(long result) { return result < 0 ? errno : 0; }

TEST(SeccompKernel, TakesTheStandardPolicy) {
  EXPECT_EQ(behind("",
                   [] {
                     REQUIRE(error_of(mkdir("/", 0)) == EEXIST);
                     REQUIRE(error_of(syscall(SYS_mount, 0, 0, 0, 0, 0)) == EPERM);
                     REQUIRE(error_of(syscall(SYS_keyctl, 0, 0, 0)) == EPERM);
                     REQUIRE(error_of(syscall(SYS_io_uring_setup, 1, 0)) == EPERM);
                     REQUIRE(error_of(syscall(SYS_clone3, 0, 0)) == ENOSYS);
                     REQUIRE(error_of(syscall(SYS_unshare, CLONE_NEWUSER)) == EPERM);
                     REQUIRE(error_of(syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0)) == EPERM);
                     REQUIRE(error_of(syscall(SYS_ioctl, -1, 0x5412UL, 0)) == EPERM);
                     REQUIRE(error_of(syscall(SYS_ioctl, -1, 0x5413UL, 0)) == EBADF);
                     REQUIRE(error_of(syscall(SYS_personality, 0x0040'0000)) == EPERM);
                     REQUIRE(error_of(syscall(SYS_personality, 0xffff'ffff)) == 0);
                     REQUIRE(error_of(socket(AF_VSOCK, SOCK_STREAM, 0)) == EPERM);
                     REQUIRE(error_of(socket(AF_ALG, SOCK_SEQPACKET, 0)) == EPERM);
                     REQUIRE(socket(AF_UNIX, SOCK_STREAM, 0) >= 0);
                     REQUIRE(error_of(syscall(number_end)) == ENOSYS);
                     REQUIRE(error_of(syscall(5000)) == ENOSYS);
                     const pid_t child = fork();
                     if (child == 0) {
                       execl("/bin/true", "true", nullptr);
                       _exit(1);
                     }
                     int status = -1;
                     REQUIRE(waitpid(child, &status, 0) == child && status == 0);
                     return 0;
                   }),
            0);
}

#if __SIZEOF_LONG__ == 8
TEST(SeccompKernel, IgnoresTheUpperHalfOfAnInt) {
  EXPECT_EQ(behind("",
                   [] {
                     REQUIRE(error_of(syscall(SYS_ioctl, -1, 0xdead'beef'0000'5412UL, 0)) == EPERM);
                     REQUIRE(error_of(syscall(SYS_ioctl, -1, 0x1'0000'541cUL, 0)) == EPERM);
                     REQUIRE(error_of(syscall(SYS_socket, 0x1'0000'0028UL, SOCK_STREAM, 0)) == EPERM);
                     return 0;
                   }),
            0);
}
#endif

#ifdef __x86_64__
TEST(SeccompKernel, KillsX32) {
  EXPECT_EQ(behind("", [] { return static_cast<int>(syscall(0x4000'0000 + SYS_getpid)) * 0; }), -SIGSYS);
}

// A tracer skips a call with this number.
TEST(SeccompKernel, DoesNotKillForNoCall) {
  EXPECT_EQ(behind("",
                   [] {
                     REQUIRE(error_of(syscall(-1)) == ENOSYS);
                     return 0;
                   }),
            0);
}

long call_i386(long number, long first) {
  long result;
  asm volatile("int $0x80" : "=a"(result) : "a"(number), "b"(first), "c"(0), "d"(0), "S"(0), "D"(0) : "memory");
  return result;
}

TEST(SeccompKernel, HasTheNumbersOfI386) {
  // A kernel without them ends a program that tries.
  const int probed = behind("base = none\ndefault = allow\n", [] { return call_i386(20, 0) > 0 ? 0 : 1; });
  if (probed == -SIGSEGV) GTEST_SKIP() << "the kernel has no 32-bit system calls";
  ASSERT_EQ(probed, 0);
  EXPECT_EQ(behind("",
                   [] {
                     REQUIRE(call_i386(20, 0) > 0);          // getpid
                     REQUIRE(call_i386(21, 0) == -EPERM);    // mount
                     REQUIRE(call_i386(33, 0) == -EFAULT);   // access
                     REQUIRE(call_i386(435, 0) == -ENOSYS);  // clone3
                     REQUIRE(call_i386(5000, 0) == -ENOSYS);
                     REQUIRE(call_i386(165, 0) != -EPERM);  // getresuid; mount for x86_64
                     return 0;
                   }),
            0);
}
#endif

TEST(SeccompKernel, TakesAnOwnPolicy) {
  const std::string needed = "allow = write exit_group execve\n";
  EXPECT_EQ(behind("base = none\ndefault = errno:EACCES\n" + needed + "errno:EXDEV = close if arg0:32 > 100\n",
                   [] {
                     REQUIRE(error_of(close(3)) == EACCES);
                     REQUIRE(error_of(close(101)) == EXDEV);
                     REQUIRE(error_of(syscall(SYS_getpid)) == EACCES);
                     REQUIRE(error_of(syscall(5000)) == ENOSYS);
                     return 0;
                   }),
            0);
  EXPECT_EQ(behind("base = none\ndefault = kill\n" + needed, [] { return static_cast<int>(syscall(SYS_getpid)); }),
            -SIGSYS);
  EXPECT_EQ(behind("trap = getpid\n", [] { return static_cast<int>(syscall(SYS_getpid)); }), -SIGSYS);
  EXPECT_EQ(behind("base = none\ndefault = log\n",
                   [] {
                     REQUIRE(syscall(SYS_getpid) > 0);
                     return 0;
                   }),
            0);
  EXPECT_EQ(behind("errno:ENOSYS = getpid\nlog = mkdirat\n",
                   [] {
                     REQUIRE(error_of(syscall(SYS_getpid)) == ENOSYS);
                     REQUIRE(error_of(mkdirat(AT_FDCWD, "/", 0)) == EEXIST);
                     return 0;
                   }),
            0);
}

// The kernel's largest program, with jumps as far as they go.
TEST(SeccompKernel, TakesALargePolicy) {
  std::string text;
  for (int line = 0; line < 80; ++line) {
    text += "errno:" + std::to_string(line + 1) + " = getpid if arg0 == " + std::to_string(0x1'0000'0000 + line) +
            " and arg1 >= 0x100000001 and arg2 & 0xf != 1\n";
  }
  EXPECT_EQ(behind(text,
                   [] {
                     REQUIRE(syscall(SYS_getpid) > 0);
#if __SIZEOF_LONG__ == 8
                     REQUIRE(error_of(syscall(SYS_getpid, 0x1'0000'004f, 0x1'0000'0001, 2)) == 80);
                     REQUIRE(error_of(syscall(SYS_getpid, 0x1'0000'0000, 0x1'0000'0001, 2)) == 1);
                     REQUIRE(syscall(SYS_getpid, 0x1'0000'004f, 0x1'0000'0000, 2) > 0);
                     REQUIRE(syscall(SYS_getpid, 0x1'0000'004f, 0x1'0000'0001, 1) > 0);
#endif
                     return 0;
                   }),
            0);
}

}  // namespace
}  // namespace microctr::seccomp

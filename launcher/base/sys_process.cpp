#include <fcntl.h>
#include <linux/sched.h>
#include <poll.h>
#include <sys/auxv.h>
#include <sys/ioctl.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>

#include <algorithm>
#include <utility>

#include "launcher/base/sys.h"
#include "launcher/base/sys_call.h"
#include "launcher/base/sys_number.h"
#include "launcher/base/text.h"

namespace microctr::sys {

Result<Child> clone(std::uint64_t flags, int cgroup) {
  int pidfd = -1;
  CloneArguments arguments = {};
  arguments.flags = flags | CLONE_PIDFD;
  arguments.pidfd = reinterpret_cast<std::uintptr_t>(&pidfd);
  arguments.exit_signal = SIGCHLD;
  std::size_t size = 64;  // CLONE_ARGS_SIZE_VER0: all that Linux 5.3 to 5.6 takes
  if (cgroup >= 0) {
    arguments.flags |= 0x200000000ULL;  // CLONE_INTO_CGROUP
    arguments.cgroup = static_cast<std::uint64_t>(cgroup);
    size = sizeof arguments;
  }
  const long pid = call(number_clone3, &arguments, size);
  TRY(done(pid, "create the process"_p));
  if (pid == 0) return Child{};
  return Child{static_cast<pid_t>(pid), Fd(pidfd)};
}

Result<pid_t> fork() {
  // Without a stack or a thread-local area of its own, the order of the other arguments does not matter.
  const long pid = call(SYS_clone, static_cast<long>(SIGCHLD), 0L, 0L, 0L, 0L);
  TRY(done(pid, "fork"));
  return static_cast<pid_t>(pid);
}

void exit(int status) {
  while (true) call(SYS_exit_group, status);
}

Result<void> execute(const char* path, const char* const* arguments, const char* const* environment) {
  return done(call(SYS_execve, path, arguments, environment), "execute");
}

Result<void> execute_descriptor(int program, const char* const* arguments, const char* const* environment) {
  return done(call(SYS_execveat, program, "", arguments, environment, AT_EMPTY_PATH), "execute");
}

Result<void> may_execute(CString path) {
  constexpr int by_effective_ids = 0x200;  // AT_EACCESS
  const long answer = call(number_faccessat2, AT_FDCWD, path.c_str(), X_OK, by_effective_ids);
  if (answer == -ENOSYS || answer == -EPERM) return access(AT_FDCWD, path, X_OK);  // EPERM: an old filter's answer
  return done(answer, "execute", path);
}

Result<Descriptor> bare::open_process(pid_t pid) {
  return opened(call(number_pidfd_open, pid, 0L), "open the process"_p);
}

Result<void> signal_process(int pidfd, int signal) {
  return done(call(number_pidfd_send_signal, pidfd, signal, 0L, 0L), "send a signal"_p);
}

Result<void> signal_pid(pid_t pid, int signal) { return done(call(SYS_kill, pid, signal), "send a signal"_p); }

namespace {

constexpr int any_process = 0;  // P_ALL
constexpr int one_process = 1;  // P_PID
constexpr int by_pidfd = 3;     // P_PIDFD, Linux 5.4

Result<Ended> wait_id(int kind, int id, int options, Phrase what) {
  siginfo_t information = {};
  TRY(done(call_again(SYS_waitid, kind, id, &information, options | WEXITED, 0L), what));
  const int status = information.si_status;
  return Ended{information.si_pid, information.si_code == CLD_EXITED ? status : 128 + status};
}

}  // namespace

Result<Ended> wait_for(int pidfd) { return wait_id(by_pidfd, pidfd, 0, "wait for the process"_p); }

Result<Ended> wait_for_any(bool block) { return wait_id(any_process, 0, block ? 0 : WNOHANG, "wait for a process"_p); }

Result<pid_t> peek_ended() {
  return TRY(wait_id(any_process, 0, WNOHANG | WNOWAIT, "look for an ended process"_p)).pid;
}

bool is_child(pid_t pid) {
  return static_cast<bool>(wait_id(one_process, pid, WNOHANG | WNOWAIT, "look at a process"_p));
}

pid_t process_id() { return static_cast<pid_t>(call(SYS_getpid)); }
pid_t parent_id() { return static_cast<pid_t>(call(SYS_getppid)); }
// The kernel has told them at exec (getauxval(3)).
uid_t user_id() { return static_cast<uid_t>(getauxval(AT_EUID)); }
gid_t group_id() { return static_cast<gid_t>(getauxval(AT_EGID)); }

Result<void> new_session() { return done(call(SYS_setsid), "start a session"_p); }

Result<void> set_controlling_terminal(int descriptor) {
  return done(call(SYS_ioctl, descriptor, TIOCSCTTY, 1L), "set the controlling terminal"_p);
}

bool is_terminal(int descriptor) {
  winsize size;
  return call(SYS_ioctl, descriptor, TIOCGWINSZ, &size) == 0;
}

Result<void> duplicate(int from, int to) {
  // dup3 refuses to duplicate onto the same number, where dup2 only looks whether it is open.
  return done(from == to ? call(number_fcntl, from, F_GETFD) : call_again(SYS_dup3, from, to, 0L), "duplicate");
}

Result<void> duplicate_closing(int from, int to) {
  return done(call_again(SYS_dup3, from, to, O_CLOEXEC), "duplicate");
}

Result<Descriptor> bare::duplicate_above(int from, int least) {
  constexpr int duplicate_from = 1030;  // F_DUPFD_CLOEXEC
  return opened(call(number_fcntl, from, duplicate_from, least), "duplicate");
}

Result<void> keep_over_exec(int descriptor) {
  return done(call(number_fcntl, descriptor, F_SETFD, 0L), "keep a descriptor open"_p);
}
Result<void> close_at_exec(int descriptor) {
  return done(call(number_fcntl, descriptor, F_SETFD, FD_CLOEXEC), "close a descriptor at exec"_p);
}

namespace {

constexpr unsigned limit_descriptors = 7;  // RLIMIT_NOFILE
ResourceLimit descriptors_before;          // nothing of it: not raised

}  // namespace

Result<ResourceLimit> resource_limit(unsigned resource) {
  ResourceLimit limit;
  TRY(done(call(SYS_prlimit64, 0L, resource, 0L, &limit), "read a resource limit"_p));
  return limit;
}

Result<void> set_resource_limit(pid_t pid, unsigned resource, const ResourceLimit& limit) {
  return done(call(SYS_prlimit64, pid, resource, &limit, 0L), "set a resource limit"_p);
}

Result<void> close_from(int first) {
  const long closed = call(number_close_range, first, ~0U, 0L);
  if (closed != -ENOSYS && closed != -EPERM) return done(closed, "close descriptors"_p);
  // Linux before 5.9. The limit may be a million, and /proc that of a container: poll tells many at once which are
  // open.
  const auto end = static_cast<int>(TRY(resource_limit(limit_descriptors)).current);
  pollfd entries[256];
  while (first < end) {
    const std::span<pollfd> some(entries, std::min(std::size(entries), static_cast<std::size_t>(end - first)));
    for (pollfd& entry : some) entry = {first++, 0, 0};
    Time at_once = {};
    const long told = call_again(number_ppoll, some.data(), some.size(), &at_once, 0L, 0L);
    for (const pollfd& entry : some) {
      if (told < 0 || (entry.revents & POLLNVAL) == 0) close_descriptor(entry.fd);
    }
  }
  return {};
}

Result<void> copy_descriptors(int end) {
  constexpr long unshare_first = 2;  // CLOSE_RANGE_UNSHARE
  return done(call(number_close_range, end, ~0U, unshare_first), "copy descriptors"_p);
}

Result<void> raise_descriptor_limit() {
  constexpr std::uint64_t enough = 16 * 1024;  // the kernel gives process 1 4096 at most, and a container takes five
  const ResourceLimit before = TRY(resource_limit(limit_descriptors));
  const std::uint64_t most = std::max(before.largest, enough);
  if (!set_resource_limit(0, limit_descriptors, {most, most}))
    TRY(set_resource_limit(0, limit_descriptors, {before.largest, before.largest}));
  descriptors_before = before;
  return {};
}

Result<void> restore_descriptor_limit() {
  if (descriptors_before.largest == 0) return {};
  return set_resource_limit(0, limit_descriptors, descriptors_before);
}

namespace {

void set_signal_mask(SignalSet set) { call(SYS_rt_sigprocmask, SIG_SETMASK, &set, 0L, sizeof set); }

void set_signal_action(int signal, std::uintptr_t handler) {
  const SignalAction action = {.handler = handler, .flags = 0, .restorer = 0, .mask = 0};
  call(SYS_rt_sigaction, signal, &action, 0L, sizeof action.mask);
}

constexpr std::uintptr_t default_action = 0;  // SIG_DFL
constexpr std::uintptr_t ignore_action = 1;   // SIG_IGN

}  // namespace

void block_all_signals() { set_signal_mask(all_signals); }

void ignore_signal(int signal) { set_signal_action(signal, ignore_action); }

void reset_signal_actions(std::uint64_t signals) {
  for (int signal = 1; signal <= 64; ++signal) {
    if ((signals >> (signal - 1) & 1) != 0) set_signal_action(signal, default_action);  // KILL and STOP: refused
  }
}

void restore_signals() {
  // A handler is reset by exec, but an ignored signal stays ignored, and we ignore only SIGPIPE.
  set_signal_action(SIGPIPE, default_action);
  set_signal_mask(0);
}

namespace {

Time time_of(std::uint64_t milliseconds) {
  return {static_cast<std::int64_t>(milliseconds / 1000), static_cast<std::int64_t>(milliseconds % 1000 * 1'000'000)};
}

}  // namespace

Result<siginfo_t> wait_signal(std::uint64_t timeout_ms) {
  const SignalSet all = all_signals;
  siginfo_t information = {};
  const Time limit = time_of(timeout_ms);
  const Time* const until = timeout_ms == UINT64_MAX ? nullptr : &limit;
  TRY(done(call_again(number_rt_sigtimedwait, &all, &information, until, sizeof all), "wait for a signal"_p));
  return information;
}

Result<Descriptor> bare::open_signals() {
  const SignalSet all = all_signals;
  return opened(call(SYS_signalfd4, -1, &all, sizeof all, SFD_CLOEXEC | SFD_NONBLOCK), "open the signals"_p);
}

Result<signalfd_siginfo> read_signal(int descriptor) {
  signalfd_siginfo information;
  TRY(done(call_again(SYS_read, descriptor, &information, sizeof information), "read a signal"_p));
  return information;
}

namespace {

Time time_by(int clock) {
  Time now = {};
  call(number_clock_gettime, clock, &now);
  return now;
}

}  // namespace

std::uint64_t monotonic_ms() {
  const Time now = time_by(CLOCK_MONOTONIC);
  return static_cast<std::uint64_t>(now.seconds) * 1000 + static_cast<std::uint64_t>(now.nanoseconds) / 1'000'000;
}

WallTime wall_time() {
  const Time now = time_by(CLOCK_REALTIME);
  return {now.seconds, static_cast<std::uint32_t>(now.nanoseconds)};
}

Result<void> sleep_ms(std::uint64_t milliseconds) {
  Time rest = time_of(milliseconds);
  return done(call_again(number_clock_nanosleep, CLOCK_MONOTONIC, 0L, &rest, &rest), "sleep");
}

void forget_pages(void* begin, std::size_t size) {
  constexpr long dont_need = 4;  // MADV_DONTNEED
  const std::uintptr_t page = getauxval(AT_PAGESZ);
  const auto first = (reinterpret_cast<std::uintptr_t>(begin) + page - 1) & ~(page - 1);
  const auto end = (reinterpret_cast<std::uintptr_t>(begin) + size) & ~(page - 1);
  if (first < end) call(SYS_madvise, first, end - first, dont_need);
}

void sync() { call(SYS_sync); }

namespace {

long call_reboot(unsigned command) { return call(SYS_reboot, 0xfee1deadU, 672274793U, command, 0L); }  // reboot(2)

}  // namespace

Result<void> reboot(unsigned command) { return done(call_reboot(command), "reboot"); }

Result<void> disable_ctrl_alt_delete() { return done(call_reboot(0), "take over Ctrl-Alt-Del"_p); }  // CAD_OFF

KernelRelease kernel_release() {
  utsname names;
  if (call(SYS_uname, &names) < 0) return {};
  std::string_view rest(names.release);
  KernelRelease release;
  release.major = static_cast<unsigned>(parse_number(cut(rest, '.'), 1000).value_or(0));
  std::size_t digits = 0;
  while (digits < rest.size() && rest[digits] >= '0' && rest[digits] <= '9') ++digits;
  release.minor = static_cast<unsigned>(parse_number(leading(rest, digits), 1000).value_or(0));
  return release;
}

}  // namespace microctr::sys

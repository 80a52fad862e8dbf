#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/sched.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cstring>

#include "launcher/base/sys.h"
#include "launcher/base/sys_number.h"
#include "launcher/base/text.h"

namespace microctr::sys {

namespace {

Result<void> done(long result, Literal what) {
  if (result < 0) return last_error(what);
  return {};
}

constexpr int wait_by_pidfd = 3;  // P_PIDFD, Linux 5.4

int exit_status(const siginfo_t& information) {
  return information.si_code == CLD_EXITED ? information.si_status : 128 + information.si_status;
}

}  // namespace

Result<void> set_hostname(std::string_view name) {
  return done(::sethostname(name.data(), name.size()), "set the host name");
}

Result<void> set_domainname(std::string_view name) {
  return done(::syscall(SYS_setdomainname, name.data(), name.size()), "set the domain name");
}

Result<void> unshare(std::uint64_t flags) { return done(::syscall(SYS_unshare, static_cast<unsigned long>(flags)), "unshare"); }

Result<void> set_namespace(int descriptor, int flags) { return done(::syscall(SYS_setns, descriptor, flags), "join a namespace"); }

Result<Fd> owning_user_namespace(int descriptor) {
  constexpr unsigned long get_user_namespace = 0xb701;  // NS_GET_USERNS, _IO(0xb7, 1)
  const int owner = ::ioctl(descriptor, static_cast<int>(get_user_namespace));
  if (owner < 0) return last_error("find the owning user namespace");
  return Fd(owner);
}

// The raw calls: the C library's versions signal every thread, and we have one.
#ifdef SYS_setgroups32
constexpr long number_setgroups = SYS_setgroups32;
constexpr long number_setresgid = SYS_setresgid32;
constexpr long number_setresuid = SYS_setresuid32;
#else
constexpr long number_setgroups = SYS_setgroups;
constexpr long number_setresgid = SYS_setresgid;
constexpr long number_setresuid = SYS_setresuid;
#endif

Result<void> set_groups(std::span<const gid_t> groups) {
  return done(::syscall(number_setgroups, groups.size(), groups.data()), "set the supplementary groups");
}

Result<void> set_group(gid_t group) { return done(::syscall(number_setresgid, group, group, group), "set the group"); }

Result<void> set_user(uid_t user) { return done(::syscall(number_setresuid, user, user, user), "set the user"); }

Result<void> drop_bounding_capability(unsigned capability) {
  return done(::prctl(PR_CAPBSET_DROP, static_cast<unsigned long>(capability), 0UL, 0UL, 0UL),
              "drop a capability from the bounding set");
}

Result<void> set_capabilities(std::uint64_t permitted, std::uint64_t inheritable) {
  __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data[2] = {};
  for (unsigned word = 0; word < 2; ++word) {
    data[word].permitted = data[word].effective = static_cast<std::uint32_t>(permitted >> (32 * word));
    data[word].inheritable = static_cast<std::uint32_t>(inheritable >> (32 * word));
  }
  return done(::syscall(SYS_capset, &header, data), "set the capabilities");
}

namespace {

struct CapabilitySets {
  __user_cap_data_struct data[2];
};

Result<CapabilitySets> read_capabilities() {
  __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  CapabilitySets sets = {};
  if (::syscall(SYS_capget, &header, sets.data) < 0) return last_error("read the capabilities");
  return sets;
}

}  // namespace

Result<std::uint64_t> effective_capabilities() {
  const auto sets = TRY(read_capabilities());
  return sets.data[0].effective | static_cast<std::uint64_t>(sets.data[1].effective) << 32;
}

Result<std::uint64_t> permitted_capabilities() {
  const auto sets = TRY(read_capabilities());
  return sets.data[0].permitted | static_cast<std::uint64_t>(sets.data[1].permitted) << 32;
}

Result<void> clear_ambient_capabilities() {
  return done(::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0UL, 0UL, 0UL), "clear the ambient capabilities");
}

Result<void> raise_ambient_capability(unsigned capability) {
  return done(::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, static_cast<unsigned long>(capability), 0UL, 0UL),
              "raise an ambient capability");
}

Result<void> keep_capabilities() {
  return done(::prctl(PR_SET_KEEPCAPS, 1UL, 0UL, 0UL, 0UL), "keep the capabilities");
}

Result<void> forbid_new_privileges() {
  return done(::prctl(PR_SET_NO_NEW_PRIVS, 1UL, 0UL, 0UL, 0UL), "set no_new_privileges");
}

Result<void> set_dumpable(bool dumpable) {
  return done(::prctl(PR_SET_DUMPABLE, dumpable ? 1UL : 0UL, 0UL, 0UL, 0UL), "set dumpable");
}

Result<void> die_with_parent(int signal) {
  return done(::prctl(PR_SET_PDEATHSIG, static_cast<unsigned long>(signal), 0UL, 0UL, 0UL),
              "set the parent-death signal");
}

Result<void> become_subreaper() {
  return done(::prctl(PR_SET_CHILD_SUBREAPER, 1UL, 0UL, 0UL, 0UL), "become the reaper");
}

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
  const long pid = ::syscall(number_clone3, &arguments, size);
  if (pid < 0) return last_error("create the process");
  if (pid == 0) return Child{};
  return Child{static_cast<pid_t>(pid), Fd(pidfd)};
}

Result<pid_t> fork() {
  const pid_t pid = ::fork();
  if (pid < 0) return last_error("fork");
  return pid;
}

void exit(int status) { ::_exit(status); }

Result<void> execute(const char* path, const char* const* arguments, const char* const* environment) {
  ::execve(path, const_cast<char* const*>(arguments), const_cast<char* const*>(environment));
  return last_error("execute");
}

Result<Fd> open_process(pid_t pid) {
  const long descriptor = ::syscall(number_pidfd_open, pid, 0);
  if (descriptor < 0) return last_error("open the process");
  return Fd(static_cast<int>(descriptor));
}

Result<void> signal_process(int pidfd, int signal) {
  return done(::syscall(number_pidfd_send_signal, pidfd, signal, nullptr, 0), "send a signal");
}

Result<void> signal_pid(pid_t pid, int signal) { return done(::kill(pid, signal), "send a signal"); }

Result<Ended> wait_for(int pidfd) {
  siginfo_t information = {};
  const int result = retry([&] {
    return ::waitid(static_cast<idtype_t>(wait_by_pidfd), static_cast<id_t>(pidfd), &information, WEXITED);
  });
  if (result < 0) return last_error("wait for the process");
  return Ended{information.si_pid, exit_status(information)};
}

Result<Ended> wait_for_any(bool block) {
  siginfo_t information = {};
  const int flags = WEXITED | (block ? 0 : WNOHANG);
  if (retry([&] { return ::waitid(P_ALL, 0, &information, flags); }) < 0) return last_error("wait for a process");
  return Ended{information.si_pid, exit_status(information)};
}

Result<pid_t> peek_ended() {
  siginfo_t information = {};
  if (retry([&] { return ::waitid(P_ALL, 0, &information, WEXITED | WNOHANG | WNOWAIT); }) < 0) {
    return last_error("look for an ended process");
  }
  return information.si_pid;
}

pid_t process_id() { return static_cast<pid_t>(::syscall(SYS_getpid)); }
pid_t parent_id() { return ::getppid(); }
uid_t user_id() { return ::geteuid(); }
gid_t group_id() { return ::getegid(); }

Result<void> new_session() { return done(::setsid(), "start a session"); }

Result<void> set_controlling_terminal(int descriptor) {
  return done(::ioctl(descriptor, TIOCSCTTY, 1), "set the controlling terminal");
}

bool is_terminal(int descriptor) { return ::isatty(descriptor) == 1; }

Result<void> duplicate(int from, int to) { return done(retry([&] { return ::dup2(from, to); }), "duplicate"); }

Result<void> duplicate_closing(int from, int to) {
  return done(retry([&] { return ::dup3(from, to, O_CLOEXEC); }), "duplicate");
}

Result<void> close_from(int first) {
  if (::syscall(number_close_range, first, ~0U, 0) == 0) return {};
  if (errno != ENOSYS && errno != EPERM) return last_error("close descriptors");
  rlimit limit = {};  // Linux before 5.9
  if (::getrlimit(RLIMIT_NOFILE, &limit) < 0) return last_error("read the descriptor limit");
  for (int descriptor = first; descriptor < static_cast<int>(limit.rlim_cur); ++descriptor) ::close(descriptor);
  return {};
}

Result<void> raise_descriptor_limit() {
  rlimit limit = {};
  if (::getrlimit(RLIMIT_NOFILE, &limit) < 0) return last_error("read the descriptor limit");
  limit.rlim_cur = limit.rlim_max;
  return done(::setrlimit(RLIMIT_NOFILE, &limit), "raise the descriptor limit");
}

void block_all_signals() {
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, nullptr);
}

void ignore_signal(int signal) {
  struct sigaction action = {};
  action.sa_handler = SIG_IGN;
  sigaction(signal, &action, nullptr);
}

void reset_signal_actions() {
  struct sigaction action = {};
  action.sa_handler = SIG_DFL;
  for (int signal = 1; signal <= 64; ++signal) sigaction(signal, &action, nullptr);  // KILL and STOP: refused
}

void restore_signals() {
  // A handler is reset by exec, but an ignored signal stays ignored, and we ignore only SIGPIPE.
  struct sigaction action = {};
  action.sa_handler = SIG_DFL;
  sigaction(SIGPIPE, &action, nullptr);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
}

Result<siginfo_t> wait_signal(std::uint64_t timeout_ms) {
  sigset_t all;
  sigfillset(&all);
  siginfo_t information = {};
  timespec limit = {static_cast<time_t>(timeout_ms / 1000), static_cast<long>(timeout_ms % 1000) * 1'000'000L};
  const int signal = retry([&] { return ::sigtimedwait(&all, &information, timeout_ms == UINT64_MAX ? nullptr : &limit); });
  if (signal < 0) return last_error("wait for a signal");
  return information;
}

Result<Fd> open_signals() {
  sigset_t all;
  sigfillset(&all);
  const int descriptor = ::signalfd(-1, &all, SFD_CLOEXEC | SFD_NONBLOCK);
  if (descriptor < 0) return last_error("open the signals");
  return Fd(descriptor);
}

Result<signalfd_siginfo> read_signal(int descriptor) {
  signalfd_siginfo information;
  const ssize_t size = retry([&] { return ::read(descriptor, &information, sizeof information); });
  if (size < 0) return last_error("read a signal");
  return information;
}

std::uint64_t monotonic_ms() {
  timespec now = {};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1000 + static_cast<std::uint64_t>(now.tv_nsec) / 1'000'000;
}

WallTime wall_time() {
  timespec now = {};
  ::clock_gettime(CLOCK_REALTIME, &now);
  return {static_cast<std::int64_t>(now.tv_sec), static_cast<std::uint32_t>(now.tv_nsec)};
}

Result<void> sleep_ms(std::uint64_t milliseconds) {
  timespec rest = {static_cast<time_t>(milliseconds / 1000), static_cast<long>(milliseconds % 1000) * 1'000'000L};
  return done(retry([&] { return ::nanosleep(&rest, &rest); }), "sleep");
}

void sync() { ::sync(); }

Result<void> reboot(unsigned command) { return done(::reboot(static_cast<int>(command)), "reboot"); }

Result<void> disable_ctrl_alt_delete() {
  return done(::reboot(static_cast<int>(RB_DISABLE_CAD)), "take over Ctrl-Alt-Del");
}

KernelRelease kernel_release() {
  utsname names;
  if (::uname(&names) < 0) return {};
  std::string_view rest(names.release);
  KernelRelease release;
  release.major = static_cast<unsigned>(parse_number(cut(rest, '.'), 1000).value_or(0));
  std::size_t digits = 0;
  while (digits < rest.size() && rest[digits] >= '0' && rest[digits] <= '9') ++digits;
  release.minor = static_cast<unsigned>(parse_number(rest.substr(0, digits), 1000).value_or(0));
  return release;
}

}  // namespace microctr::sys

#include "launcher/seccomp/standard.h"

#include <linux/capability.h>
#include <sched.h>

namespace microctr::seccomp {

namespace {

struct Members {
  Group group;
  const char* names;  // sorted as the table is
};

// Left to the tests of arguments or refused for good, of what docker knows: io_uring, the keyring, userfaultfd, kexec,
// swap, NFS, and what kernels no longer have.
constexpr Members members[] = {
    {Group::not_there, "file_getattr file_setattr"},
    {Group::always,
     "_llseek _newselect accept accept4 access adjtimex alarm arch_prctl arm_fadvise64_64 bind breakpoint brk "
     "cacheflush cachestat capget capset chdir chmod chown chown32 clock_adjtime clock_adjtime64 clock_getres "
     "clock_getres_time64 clock_gettime clock_gettime64 clock_nanosleep clock_nanosleep_time64 close close_range "
     "connect copy_file_range creat dup dup2 dup3 epoll_create epoll_create1 epoll_ctl epoll_ctl_old epoll_pwait "
     "epoll_pwait2 epoll_wait epoll_wait_old eventfd eventfd2 execve execveat exit exit_group faccessat faccessat2 "
     "fadvise64 fadvise64_64 fallocate fanotify_mark fchdir fchmod fchmodat fchmodat2 fchown fchown32 fchownat "
     "fcntl fcntl64 fdatasync fgetxattr flistxattr flock fork fremovexattr fsetxattr fstat fstat64 fstatat64 "
     "fstatfs fstatfs64 fsync ftruncate ftruncate64 futex futex_requeue futex_time64 futex_wait futex_waitv "
     "futex_wake futimesat get_robust_list get_thread_area getcpu getcwd getdents getdents64 getegid getegid32 "
     "geteuid geteuid32 getgid getgid32 getgroups getgroups32 getitimer getpeername getpgid getpgrp getpid getppid "
     "getpriority getrandom getresgid getresgid32 getresuid getresuid32 getrlimit getrusage getsid getsockname "
     "getsockopt gettid gettimeofday getuid getuid32 getxattr getxattrat inotify_add_watch inotify_init "
     "inotify_init1 inotify_rm_watch io_cancel io_destroy io_getevents io_pgetevents io_pgetevents_time64 io_setup "
     "io_submit ioprio_get ioprio_set ipc kill landlock_add_rule landlock_create_ruleset landlock_restrict_self "
     "lchown lchown32 lgetxattr link linkat listen listmount listxattr listxattrat llistxattr lremovexattr lseek "
     "lsetxattr lstat lstat64 madvise map_shadow_stack membarrier memfd_create memfd_secret mincore mkdir mkdirat "
     "mknod mknodat mlock mlock2 mlockall mmap mmap2 modify_ldt mprotect mq_getsetattr mq_notify mq_open "
     "mq_timedreceive mq_timedreceive_time64 mq_timedsend mq_timedsend_time64 mq_unlink mremap mseal msgctl msgget "
     "msgrcv msgsnd msync munlock munlockall munmap name_to_handle_at nanosleep newfstatat open openat openat2 "
     "pause pidfd_open pidfd_send_signal pipe pipe2 pkey_alloc pkey_free pkey_mprotect poll ppoll ppoll_time64 "
     "prctl pread64 preadv preadv2 prlimit64 process_mrelease pselect6 pselect6_time64 pwrite64 pwritev pwritev2 "
     "read readahead readlink readlinkat readv recv recvfrom recvmmsg recvmmsg_time64 recvmsg remap_file_pages "
     "removexattr removexattrat rename renameat renameat2 restart_syscall rmdir rseq rt_sigaction rt_sigpending "
     "rt_sigprocmask rt_sigqueueinfo rt_sigreturn rt_sigsuspend rt_sigtimedwait rt_sigtimedwait_time64 "
     "rt_tgsigqueueinfo sched_get_priority_max sched_get_priority_min sched_getaffinity sched_getattr "
     "sched_getparam sched_getscheduler sched_rr_get_interval sched_rr_get_interval_time64 sched_setaffinity "
     "sched_setattr sched_setparam sched_setscheduler sched_yield seccomp select semctl semget semop semtimedop "
     "semtimedop_time64 send sendfile sendfile64 sendmmsg sendmsg sendto set_robust_list set_thread_area "
     "set_tid_address set_tls setfsgid setfsgid32 setfsuid setfsuid32 setgid setgid32 setgroups setgroups32 "
     "setitimer setpgid setpriority setregid setregid32 setresgid setresgid32 setresuid setresuid32 setreuid "
     "setreuid32 setrlimit setsid setsockopt setuid setuid32 setxattr setxattrat shmat shmctl shmdt shmget "
     "shutdown sigaltstack signalfd signalfd4 sigprocmask sigreturn socketcall socketpair splice stat stat64 "
     "statfs statfs64 statmount statx symlink symlinkat sync sync_file_range sync_file_range2 syncfs sysinfo tee "
     "tgkill time timer_create timer_delete timer_getoverrun timer_gettime timer_gettime64 timer_settime "
     "timer_settime64 timerfd_create timerfd_gettime timerfd_gettime64 timerfd_settime timerfd_settime64 times "
     "tkill truncate truncate64 ugetrlimit umask uname unlink unlinkat uretprobe utime utimensat utimensat_time64 "
     "utimes vfork vmsplice wait4 waitid waitpid write writev"},
    {Group::tested, "ioctl personality socket"},
    {Group::cloning, "clone"},
    {Group::cloning_by_structure, "clone3"},
    {Group::mounting,
     "fsconfig fsmount fsopen fspick mount mount_setattr move_mount open_tree open_tree_attr setdomainname "
     "sethostname setns umount umount2 unshare"},
    {Group::changing_root, "chroot"},
    {Group::pivoting_root, "pivot_root"},
    {Group::administering,
     "fanotify_init lookup_dcookie lsm_get_self_attr lsm_list_modules "
     "lsm_set_self_attr quotactl quotactl_fd"},
    {Group::reading_log, "syslog"},
    {Group::loading_bpf, "bpf"},
    {Group::measuring, "perf_event_open"},
    {Group::opening_by_handle, "open_by_handle_at"},
    {Group::booting, "reboot"},
    {Group::loading_modules, "delete_module finit_module init_module"},
    {Group::accounting, "acct"},
    {Group::tracing, "kcmp pidfd_getfd process_madvise"},
    {Group::tracing_safely, "process_vm_readv process_vm_writev ptrace"},
    {Group::driving_ports, "ioperm iopl"},
    {Group::setting_time, "clock_settime clock_settime64 settimeofday stime"},
    {Group::hanging_up, "vhangup"},
    {Group::placing_memory, "get_mempolicy mbind set_mempolicy set_mempolicy_home_node"},
};

using Groups = std::array<Group, call_count>;

inline void name_is_in_two_lists() {}  // neither is constexpr: reaching it is a compile-time error
inline void list_is_not_sorted() {}

// Both are sorted, so that one walk finds all.
consteval void enter(Groups& groups, const Members& list) {
  const char* name = list.names;
  const char* candidate = call_names;
  Call call = 0;
  while (*name != '\0') {
    std::size_t size = 0;
    while (name[size] != ' ' && name[size] != '\0') ++size;
    const std::string_view wanted(name, size);
    while (call < call_count && std::string_view(candidate) != wanted) {
      candidate += std::string_view(candidate).size() + 1;
      ++call;
    }
    if (call == call_count) list_is_not_sorted();  // or the name is not in the table
    if (groups[call] != Group::refused) name_is_in_two_lists();
    groups[call] = list.group;
    name += name[size] == ' ' ? size + 1 : size;
  }
}

consteval Groups make_groups() {
  Groups groups = {};
  for (const Members& list : members) enter(groups, list);
  return groups;
}

constexpr Groups groups = make_groups();

constexpr std::uint64_t bit(unsigned capability) { return std::uint64_t{1} << capability; }

constexpr std::uint64_t openers[group_count] = {
    0,                                      // refused
    0,                                      // not_there
    0,                                      // always
    0,                                      // tested
    bit(CAP_SYS_ADMIN),                     // cloning
    bit(CAP_SYS_ADMIN),                     // cloning_by_structure
    bit(CAP_SYS_ADMIN),                     // mounting
    bit(CAP_SYS_CHROOT),                    // changing_root
    0,                                      // pivoting_root
    bit(CAP_SYS_ADMIN),                     // administering
    bit(CAP_SYS_ADMIN) | bit(CAP_SYSLOG),   // reading_log
    bit(CAP_SYS_ADMIN) | bit(CAP_BPF),      // loading_bpf
    bit(CAP_SYS_ADMIN) | bit(CAP_PERFMON),  // measuring
    bit(CAP_DAC_READ_SEARCH),               // opening_by_handle
    bit(CAP_SYS_BOOT),                      // booting
    bit(CAP_SYS_MODULE),                    // loading_modules
    bit(CAP_SYS_PACCT),                     // accounting
    bit(CAP_SYS_PTRACE),                    // tracing
    bit(CAP_SYS_PTRACE),                    // tracing_safely
    bit(CAP_SYS_RAWIO),                     // driving_ports
    bit(CAP_SYS_TIME),                      // setting_time
    bit(CAP_SYS_TTY_CONFIG),                // hanging_up
    bit(CAP_SYS_NICE),                      // placing_memory
};

// All of these parameters are ints for the kernel, which does not look at the upper half of the register: neither do we
// (CVE-2019-10063).
constexpr Test low(std::uint8_t argument, Operator operation, std::uint32_t value, std::uint64_t mask = whole_mask) {
  return {value, mask, argument, operation, Width::low_32};
}

constexpr std::uint32_t push_input = 0x5412;     // TIOCSTI: types into the terminal, on the side of whoever reads it
constexpr std::uint32_t console_input = 0x541c;  // TIOCLINUX: pastes into a virtual console

constexpr std::uint32_t namespace_flags =
    CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET;
static_assert(namespace_flags == 0x7e020000);

constexpr Test tests[] = {
    low(1, Operator::equal, push_input), low(1, Operator::equal, console_input),
    low(0, Operator::equal, 0, namespace_flags),
    // PER_LINUX and PER_LINUX32, each with UNAME26, and the question for what it is: no other may be had, because
    // READ_IMPLIES_EXEC, ADDR_NO_RANDOMIZE and the like weaken a process.
    low(0, Operator::equal, 0x00000000), low(0, Operator::equal, 0x00000008), low(0, Operator::equal, 0x00020000),
    low(0, Operator::equal, 0x00020008), low(0, Operator::equal, 0xffffffff),
    // Address families: AF_VSOCK reaches hosts and guests whatever the network namespace is, AF_ALG is the kernel's
    // cryptography, the others are those that Linux has dropped over the years or that it has not yet.
    low(0, Operator::equal, 40),    // AF_VSOCK
    low(0, Operator::equal, 38),    // AF_ALG
    low(0, Operator::equal, 12),    // AF_DECnet
    low(0, Operator::equal, 19),    // AF_ECONET
    low(0, Operator::equal, 20),    // AF_ATMSVC
    low(0, Operator::equal, 23),    // AF_IRDA
    low(0, Operator::equal, 25),    // AF_WANPIPE
    low(0, Operator::equal, 34),    // AF_ISDN
    low(0, Operator::equal, 37),    // AF_CAIF
    low(0, Operator::greater, 45),  // AF_MCTP is the last
};

constexpr Rule when(Call call, std::uint16_t test, Action action) { return {action, call, test, 1}; }

struct TestedCall {
  Call call;
  std::uint8_t first;  // of `tests`
  std::uint8_t count;
  Action passed;  // what a test that holds answers
  Action otherwise;
};

constexpr TestedCall tested_calls[] = {
    {call_of("ioctl"), 0, 2, Action::not_permitted, Action::allow},
    {call_of("clone"), 2, 1, Action::allow, Action::not_permitted},
    {call_of("personality"), 3, 5, Action::allow, Action::not_permitted},
    {call_of("socket"), 8, 10, Action::not_permitted, Action::allow},
};

constexpr std::size_t test_count = sizeof tests / sizeof *tests;

// One rule for each test, at the same place.
consteval std::array<Rule, test_count> make_rules() {
  std::array<Rule, test_count> made = {};
  std::uint16_t next = 0;
  for (const TestedCall& tested : tested_calls) {
    for (unsigned test = 0; test < tested.count; ++test, ++next) made[next] = when(tested.call, next, tested.passed);
  }
  return made;
}

constexpr auto rules = make_rules();

}  // namespace

Group group_of(Call call) { return groups[call]; }

std::uint64_t openers_of(Group group) { return openers[static_cast<std::size_t>(group)]; }

bool is_opened_by_nesting(Group group) { return group >= Group::cloning && group <= Group::pivoting_root; }

bool is_open(Group group, const PolicyContext& context) {
  if (group == Group::always || group == Group::tested) return true;
  if ((openers_of(group) & context.capabilities) != 0) return true;
  // Before Linux 4.8 a tracer could change a call behind the filter's back (seccomp(2)).
  if (group == Group::tracing_safely) return is_at_least(context.kernel, 4, 8);
  return context.nesting && is_opened_by_nesting(group);
}

std::optional<Action> answer_of(Group group, const PolicyContext& context) {
  const bool opened = is_open(group, context);
  if (group == Group::tested || (group == Group::cloning && !opened)) return {};
  if (opened) return Action::allow;
  // Its flags are in memory, where a filter cannot look; C libraries take clone instead when it is not there.
  const bool is_missing = group == Group::cloning_by_structure || group == Group::not_there;
  return is_missing ? Action::not_there : Action::not_permitted;
}

Decision decide(Call call, const PolicyContext& context) {
  if (const auto answer = answer_of(group_of(call), context)) return {*answer, {}};
  for (const TestedCall& tested : tested_calls) {
    if (tested.call == call) return {tested.otherwise, std::span(rules).subspan(tested.first, tested.count)};
  }
  return {Action::not_permitted, {}};  // there is none: each of those groups' calls is in the list
}

std::span<const Test> standard_tests() { return tests; }

}  // namespace microctr::seccomp

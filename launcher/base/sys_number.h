// System call numbers and structures that a C library may be too old to know, or that differ between 32 and 64 bits.
//
// From Linux 5.1 on, every architecture has the same numbers (Documentation/process/adding-syscalls.rst), so they may
// be written here once. Used by sys_*.cpp only.
#pragma once

#include <sys/syscall.h>

#include <cstdint>

namespace microctr::sys {

inline constexpr long number_pidfd_send_signal = 424;
inline constexpr long number_open_tree = 428;
inline constexpr long number_move_mount = 429;
inline constexpr long number_fsopen = 430;
inline constexpr long number_fsconfig = 431;
inline constexpr long number_fsmount = 432;
inline constexpr long number_pidfd_open = 434;
inline constexpr long number_clone3 = 435;
inline constexpr long number_close_range = 436;
inline constexpr long number_openat2 = 437;
inline constexpr long number_faccessat2 = 439;
inline constexpr long number_mount_setattr = 442;

// 32-bit architectures have had a second set of the calls that take a time since Linux 5.1: its times have 64 bits, as
// Time has here. Their older calls for ids and for file sizes are too narrow, too.
#if __SIZEOF_LONG__ == 8
inline constexpr long number_clock_gettime = SYS_clock_gettime;
inline constexpr long number_clock_settime = SYS_clock_settime;
inline constexpr long number_clock_nanosleep = SYS_clock_nanosleep;
inline constexpr long number_ppoll = SYS_ppoll;
inline constexpr long number_rt_sigtimedwait = SYS_rt_sigtimedwait;
inline constexpr long number_fcntl = SYS_fcntl;
#else
inline constexpr long number_clock_gettime = 403;
inline constexpr long number_clock_settime = 404;
inline constexpr long number_clock_nanosleep = 407;
inline constexpr long number_ppoll = 414;
inline constexpr long number_rt_sigtimedwait = 421;
inline constexpr long number_fcntl = SYS_fcntl64;
#endif
#ifdef SYS_setgroups32
inline constexpr long number_setgroups = SYS_setgroups32;
inline constexpr long number_setresgid = SYS_setresgid32;
inline constexpr long number_setresuid = SYS_setresuid32;
inline constexpr long number_setfsuid = SYS_setfsuid32;
inline constexpr long number_setfsgid = SYS_setfsgid32;
inline constexpr long number_geteuid = SYS_geteuid32;
inline constexpr long number_getegid = SYS_getegid32;
#else
inline constexpr long number_setgroups = SYS_setgroups;
inline constexpr long number_setresgid = SYS_setresgid;
inline constexpr long number_setresuid = SYS_setresuid;
inline constexpr long number_setfsuid = SYS_setfsuid;
inline constexpr long number_setfsgid = SYS_setfsgid;
inline constexpr long number_geteuid = SYS_geteuid;
inline constexpr long number_getegid = SYS_getegid;
#endif

struct Time {  // struct __kernel_timespec
  std::int64_t seconds;
  std::int64_t nanoseconds;
};

using SignalSet = std::uint64_t;  // the kernel's sigset_t: one bit for each of 64 signals
inline constexpr SignalSet all_signals = ~SignalSet{0};

struct SignalAction {  // struct sigaction of the kernel; an architecture without `restorer` reads a zero less
  std::uintptr_t handler;
  unsigned long flags;
  std::uintptr_t restorer;
  SignalSet mask;
};

struct StatusTime {  // struct statx_timestamp
  std::int64_t seconds;
  std::uint32_t nanoseconds;
  std::int32_t unused;
};

struct StatusAnswer {  // struct statx, which C libraries and kernel headers both define
  std::uint32_t mask;
  std::uint32_t block_size;
  std::uint64_t attributes;
  std::uint32_t links;
  std::uint32_t user;
  std::uint32_t group;
  std::uint16_t mode;
  std::uint16_t unused_mode;
  std::uint64_t inode;
  std::uint64_t size;
  std::uint64_t blocks;
  std::uint64_t attributes_mask;
  StatusTime times[4];
  std::uint32_t rdev_major;
  std::uint32_t rdev_minor;
  std::uint32_t dev_major;
  std::uint32_t dev_minor;
  std::uint64_t mount;
  std::uint64_t unused[13];
};
static_assert(sizeof(StatusAnswer) == 256);

struct CloneArguments {  // struct clone_args, CLONE_ARGS_SIZE_VER2 (Linux 5.7)
  std::uint64_t flags;
  std::uint64_t pidfd;
  std::uint64_t child_tid;
  std::uint64_t parent_tid;
  std::uint64_t exit_signal;
  std::uint64_t stack;
  std::uint64_t stack_size;
  std::uint64_t tls;
  std::uint64_t set_tid;
  std::uint64_t set_tid_size;
  std::uint64_t cgroup;
};

struct OpenHow {  // struct open_how
  std::uint64_t flags;
  std::uint64_t mode;
  std::uint64_t resolve;
};

struct MountAttributes {  // struct mount_attr
  std::uint64_t set;
  std::uint64_t clear;
  std::uint64_t propagation;
  std::uint64_t user_namespace;
};

}  // namespace microctr::sys

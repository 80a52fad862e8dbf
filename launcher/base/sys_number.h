// System call numbers and structures that a C library may be too old to know.
//
// From Linux 5.1 on, every architecture has the same numbers (Documentation/process/adding-syscalls.rst), so they may
// be written here once. Used by sys*.cpp only.
#pragma once

#include <sys/syscall.h>

#include <cstdint>

namespace microctr::sys {

inline constexpr long number_pidfd_send_signal = 424;
inline constexpr long number_open_tree = 428;
inline constexpr long number_move_mount = 429;
inline constexpr long number_pidfd_open = 434;
inline constexpr long number_clone3 = 435;
inline constexpr long number_close_range = 436;
inline constexpr long number_openat2 = 437;
inline constexpr long number_mount_setattr = 442;

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

// Repeats a call while a signal interrupts it.
template <typename Call>
auto retry(Call call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

}  // namespace microctr::sys

// What the filter answers to a system call: the values of seccomp(2), SECCOMP_RET_*, with the errno in the lower half.
//
// Plain numbers that the kernel reads. Words for them are made and read here, nowhere else.
#pragma once

#include <linux/seccomp.h>

#include <cerrno>
#include <cstdint>
#include <optional>
#include <string_view>

#include "launcher/base/text.h"

namespace microctr::seccomp {

enum class Action : std::uint32_t {
  allow = SECCOMP_RET_ALLOW,
  log = SECCOMP_RET_LOG,            // allowed, and noted in the kernel's log; Linux 4.14
  trap = SECCOMP_RET_TRAP,          // SIGSYS
  kill = SECCOMP_RET_KILL_PROCESS,  // before Linux 4.14 the kernel kills the thread only
  not_permitted = SECCOMP_RET_ERRNO | EPERM,
  not_there = SECCOMP_RET_ERRNO | ENOSYS,  // what makes a C library fall back
};

// Linux keeps 4095 error numbers apart from addresses (MAX_ERRNO).
inline constexpr unsigned largest_error = 4095;

constexpr Action refuse_with(unsigned error) { return static_cast<Action>(SECCOMP_RET_ERRNO | error); }

// Whether the call then happens.
constexpr bool lets_pass(Action action) { return action == Action::allow || action == Action::log; }
constexpr bool is_error(Action action) {
  return (static_cast<std::uint32_t>(action) & SECCOMP_RET_ACTION_FULL) == SECCOMP_RET_ERRNO;
}

// The number for EPERM and the like, or for a decimal number from 1 to `largest_error`.
std::optional<unsigned> parse_error_name(std::string_view text);
// The name that was probably meant; empty when none is near.
std::string_view nearest_error_name(std::string_view text);

// As a policy file has it: "allow", "errno:EPERM".
void add_action(TextWriter& text, Action action);

}  // namespace microctr::seccomp

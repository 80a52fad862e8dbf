// Programs and pieces of work of the machine that run beside process 1: each in a child, each wait bounded.
//
// What can hang (a disk, a check, a driver) is never done by process 1 itself. A child that is still at it when its
// time is over is killed and left behind; the loop reaps it.
#pragma once

#include <span>

#include "init/watchdog.h"
#include "launcher/base/cstring.h"
#include "launcher/base/sys.h"

namespace microctr {

inline constexpr int took_too_long = 124;  // as timeout(1)
inline constexpr int not_found = 127;      // as the shell

// In a child of ours: becomes the program, which is searched for in the usual places. Its streams are the console.
[[noreturn]] void become_program(std::span<const CString> words);

// What a wait ends with: the exit status, 128 + N after signal N, `took_too_long`, or -1: there was no child.
int wait_bounded(const Result<sys::Child>& child, std::uint64_t limit_ms, Watchdog& watchdog);

int run_program(std::span<const CString> words, std::uint64_t limit_ms, Watchdog& watchdog);

// `work` in a child that then ends with 0, unless `work` has ended it before.
template <typename Work>
int run_in_child(const Work& work, std::uint64_t limit_ms, Watchdog& watchdog) {
  const auto child = sys::clone(0);
  if (child && child.value().pid == 0) {
    work();
    sys::exit(0);
  }
  return wait_bounded(child, limit_ms, watchdog);
}

}  // namespace microctr

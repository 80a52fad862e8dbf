// Programs and pieces of work of the machine that run beside process 1: each in a child, each wait bounded.
//
// What can hang (a disk, a check, a driver) is never done by process 1 itself. A child that is still at it when its
// time is over is killed and left behind; the loop reaps it.
#pragma once

#include <span>

#include "init/watchdog.h"
#include "launcher/base/cstring.h"

namespace microctr {

inline constexpr int took_too_long = 124;  // as timeout(1)
inline constexpr int not_found = 127;      // as the shell

// In a child of ours: becomes the program, which is searched for in the usual places. Its streams are the console.
[[noreturn]] void become_program(std::span<const CString> words);

// The exit status, 128 + N after signal N, `took_too_long`, or -1: there was no child.
int run_program(std::span<const CString> words, std::uint64_t limit_ms, Watchdog& watchdog);

// `work` in a child that then ends. False: it is not done within the limit.
bool run_in_child(void (*work)(), std::uint64_t limit_ms, Watchdog& watchdog);

}  // namespace microctr

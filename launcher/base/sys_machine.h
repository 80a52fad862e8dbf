// The system calls of a machine's process 1: its clock, its watchdog, loop devices, swap, and the faults of its own
// code.
//
// As sys.h, of which this is a part that only init/ needs.
#pragma once

#include "launcher/base/sys.h"

namespace microctr::sys {

Result<void> set_wall_time(std::int64_t seconds);  // since 1970; 64 bits on every architecture

// Of an open /dev/watchdog*. The driver may take another timeout than was asked for: the answer is what it has taken.
Result<unsigned> set_watchdog_timeout(int watchdog, unsigned seconds);
Result<void> feed_watchdog(int watchdog);

Result<unsigned> find_free_loop(int control);  // N of /dev/loopN; `control` is an open /dev/loop-control
// The device becomes the file, read-only, and lets it go by itself after its last user. EBUSY: somebody was faster.
Result<void> attach_loop(int loop, int file);
Result<void> detach_loop(int loop);  // ENXIO: it has no file
Result<void> stop_swap(CString path);

// A signal that this process's own code has brought about, or somebody has sent.
struct Fault {
  int signal = 0;
  std::uintptr_t address = 0;      // that could not be used
  std::uintptr_t instruction = 0;  // that tried
};
// SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP and SIGSYS are unblocked, and handled on `stack`: one that was only sent is
// passed over; one of this process (is_subreaper, which children do not inherit) goes to `handler`; in a child of ours,
// before it is another program, it does what it does without us.
void catch_faults(void (*handler)(const Fault& fault), std::span<char> stack);
bool is_subreaper();

}  // namespace microctr::sys

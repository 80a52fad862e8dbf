// From a small initramfs to the machine's real root, which the kernel's command line names (root=).
//
// Known there: root=DEVICE or root=FILE (an image in the initramfs, by a loop device), rootfstype=, rootflags=, ro, rw,
// rootwait, rootdelay=SECONDS, init=. The initramfs is emptied on the way out, so that its memory is free again: never
// call this on a root that is anything else.
#pragma once

#include "init/watchdog.h"

namespace microctr {

struct RootWish {
  CString source;   // absolute path; empty: the initramfs is the machine
  CString type;     // empty: what the kernel finds
  CString options;  // as mount(8)
  CString program;  // init=, else /sbin/init
  bool writable = false;
  std::uint64_t wait_ms = 10'000;  // for the device; UINT64_MAX: for ever
};

// Pure. Texts go to the arena; the kernel's own rules: a later word wins, text in "..." is one word.
RootWish read_root_wish(std::string_view command_line, Arena& arena);

// The command line, read without /proc being mounted before or after. Empty when it cannot be read.
std::string_view read_command_line(std::span<char> buffer);

// Does not return when it goes well: the new root's init is process 1 then. Early file systems are mounted, modules
// loaded; the mounts of /dev, /proc, /sys and /run go along.
Result<void> enter_root(const RootWish& wish, Watchdog& watchdog);

}  // namespace microctr

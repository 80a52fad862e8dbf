// The hardware watchdog: a timer that resets the machine unless it is fed.
//
// Owns its descriptor. Fed only by whoever shows thereby that the machine works: the supervisor's loop as it turns, and
// the waits of the way up and down. It must never be fed from a timer of its own.
#pragma once

#include <cstdint>

#include "launcher/base/fd.h"
#include "launcher/spec/machine.h"

namespace microctr {

class Watchdog {
 public:
  // Nothing when the machine has none; what is wrong is said on the console. Waits up to five seconds for the device.
  void open(const Machine& machine);

  void feed();                                                          // when half of its time is over
  std::uint64_t due_ms() const { return device_ ? due_ : UINT64_MAX; }  // when that is
  void feed_until(std::uint64_t deadline_ms) { last_ = deadline_ms; }   // and not a moment longer
  void disarm();  // an orderly end without power: the machine stays as it is

  // Of a program before this one, which has let it run: disarmed, unless `open` has opened it again.
  void take_over(CString path);

 private:
  Fd device_;
  std::uint64_t half_ms_ = 0;
  std::uint64_t due_ = UINT64_MAX;
  std::uint64_t last_ = UINT64_MAX;
};

// Until the path exists; false: not within the limit. For nodes of devices that are still being found.
bool wait_for_path(CString path, std::uint64_t limit_ms, Watchdog& watchdog);

}  // namespace microctr

// Low numbers that a supervisor keeps for what a process needs of its descriptors while it is born.
//
// A new process would copy the table of its launcher, and then close all of it but a handful: with the descriptors of a
// thousand containers that takes longer than any other step of its start. So it is born into the launcher's own table
// (CLONE_FILES), with what it needs at low numbers, and takes a copy of that part alone (CLOSE_RANGE_UNSHARE).
#pragma once

#include <array>

#include "launcher/base/fd.h"
#include "launcher/base/result.h"

namespace microctr {

class LowDescriptors {
 public:
  // Before anything else is opened, so that the numbers are low. `filler`: a descriptor that holds the places
  // meanwhile. ENOSYS: Linux before 5.9; processes copy the whole table then.
  Result<void> reserve(int filler);

  bool is_reserved() const { return filler_ >= 0; }
  int end() const { return places_.back().get() + 1; }  // all are below

  // Puts a descriptor into the next place, where exec closes it, and says its number there. Negative: none.
  Result<void> lend(int& descriptor);

  // Nobody shares the table any more: what was put there is closed.
  void take_back();

 private:
  static constexpr std::size_t most = 6;  // three streams, channel, sealed program, ready channel

  std::array<Fd, most> places_;
  std::size_t lent_ = 0;
  int filler_ = -1;
};

}  // namespace microctr

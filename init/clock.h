// The clock of a machine without a battery: kept in a file, which holds the seconds since 1970 as text.
//
// As text because not every file system can hold a time beyond 2038. Written when the machine goes down and after the
// clock has been stepped (by NTP, by hand), at no other time.
#pragma once

#include <cstdint>

#include "launcher/base/cstring.h"

namespace microctr {

class KeptClock {
 public:
  // A clock that is before the file's time is set to it.
  void restore(CString file);
  void follow(CString file);  // one that has been restored already

  // Saves it, in a child, when the clock has been stepped by more than an hour since the last look.
  void look();
  std::uint64_t due_ms() const { return file_.empty() ? UINT64_MAX : due_; }  // of the next look

  void save();

 private:
  CString file_;
  std::uint64_t due_ = 0;
  std::int64_t offset_ = 0;  // of the clock to the time since boot, in seconds, at the last look
};

}  // namespace microctr

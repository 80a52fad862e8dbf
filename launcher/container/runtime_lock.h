// The lock of the runtime directory: one holder at a time makes or removes what containers share (the parent cgroup,
// enabled controllers, records, the supervisor's birth).
//
// It is a flock(2) of the directory itself, so it leaves no file and goes with its holder. Held for moments only,
// never while waiting for a container. Whoever removes the directory does it under the lock; who waited for it then
// finds out and makes a new one.
#pragma once

#include "launcher/base/cstring.h"
#include "launcher/base/fd.h"
#include "launcher/base/result.h"

namespace microctr {

class RuntimeLock {
 public:
  RuntimeLock() = default;  // holds nothing

  // Makes the runtime directory (0700) when it is missing. EPERM when it belongs to another user or others may write
  // to it.
  static Result<RuntimeLock> acquire(CString runtime);

  // The same check of the owner, without making or locking anything. A missing directory is success.
  static Result<void> check(CString runtime);

  // Removes the runtime directory when nothing is left in it. The lock is still held.
  static void remove_if_empty(CString runtime);

  explicit operator bool() const { return static_cast<bool>(directory_); }
  void release() { directory_.close(); }

 private:
  explicit RuntimeLock(Fd directory) : directory_(std::move(directory)) {}

  Fd directory_;
};

}  // namespace microctr

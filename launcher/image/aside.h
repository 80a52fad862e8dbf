// A directory of our own beside the place where a finished one will stand, for building it out of sight.
//
// Mode 0700 and locked while its builder lives, so that whatever was left by a builder that was killed, or by a power
// cut, is known by its name and its free lock, and the next builder removes it. The destructor removes the directory
// with all its content unless `keep` was called.
#pragma once

#include "launcher/base/cstring.h"
#include "launcher/base/fd.h"
#include "launcher/base/limits.h"
#include "launcher/base/result.h"
#include "launcher/base/text.h"

namespace microctr {

class Aside {
 public:
  // `parent` is the directory to build in, open, and its absolute path.
  Aside(int parent, CString path) : parent_(parent), path_(path, path.view().ends_with('/') ? "" : "/") {
    name_at_ = path_.size();
  }
  ~Aside();
  Aside(const Aside&) = delete;
  Aside& operator=(const Aside&) = delete;

  Result<void> make();
  int descriptor() const { return directory_.get(); }
  CString path() const { return path_.text(); }
  CString name() const { return path_.text().from(name_at_); }

  // It was renamed away: nothing of that name is ours any more.
  void keep() { made_ = false; }

 private:
  int parent_;
  TextBuffer<limits::path> path_;
  std::size_t name_at_;
  Fd directory_;
  bool made_ = false;
};

// Removes what dead builders have left in `parent`. What cannot be removed stays: it is no reason not to build.
void remove_left_asides(int parent);

}  // namespace microctr

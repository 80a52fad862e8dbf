// Where a finished directory will stand: its path made absolute, its parent made and opened.
//
// The parents that were made for it go again unless `keep` was called. Nothing here touches the directory itself.
#pragma once

#include "launcher/base/cstring.h"
#include "launcher/base/fd.h"
#include "launcher/base/limits.h"
#include "launcher/base/result.h"
#include "launcher/base/text.h"

namespace microctr {

class Destination {
 public:
  Destination() = default;
  ~Destination();
  Destination(const Destination&) = delete;
  Destination& operator=(const Destination&) = delete;

  // `path` absolute or relative to the working directory. Errors: EINVAL it ends in no name (/, ., ..); ENAMETOOLONG.
  Result<void> open(CString path);

  CString path() const { return path_.text(); }
  CString name() const { return path_.text().from(name_at_); }
  CString parent_path() const { return parent_path_.text(); }
  int parent() const { return parent_.get(); }
  void keep() { first_made_ = 0; }

 private:
  Result<void> make_parents();

  TextBuffer<limits::path> path_;
  TextBuffer<limits::path> parent_path_;
  std::size_t name_at_ = 0;
  Fd parent_;
  std::size_t first_made_ = 0;  // how long the path of the uppermost parent is that was made here; 0: none
};

}  // namespace microctr

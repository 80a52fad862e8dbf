// The names in a directory, one after the other.
//
// Borrows the descriptor, which must be open for reading and keeps the position: list a directory once per open. The
// names live in the list and end with the next call. "." and ".." are left out.
#pragma once

#include <dirent.h>

#include "launcher/base/bytes.h"
#include "launcher/base/cstring.h"
#include "launcher/base/result.h"

namespace microctr {

class DirectoryList {
 public:
  explicit DirectoryList(int descriptor) : descriptor_(descriptor) {}

  // Empty at the end.
  Result<CString> next();

  // Of the last name, as far as the file system says without being asked more: DT_DIR and others, DT_UNKNOWN.
  unsigned char type() const { return type_; }

 private:
  int descriptor_;
  std::size_t size_ = 0;
  std::size_t offset_ = 0;
  unsigned char type_ = DT_UNKNOWN;
  alignas(dirent) Bytes<1024> buffer_;  // small: remove_tree has one for each level
};

}  // namespace microctr

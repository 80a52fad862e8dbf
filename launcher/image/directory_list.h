// The names in a directory, one after the other.
//
// Borrows the descriptor, which must be open for reading and keeps the position: list a directory once per open. The
// names live in the list and end with the next call. "." and ".." are left out.
#pragma once

#include <dirent.h>

#include "launcher/base/cstring.h"
#include "launcher/base/result.h"
#include "launcher/base/sys.h"

namespace microctr {

class DirectoryList {
 public:
  explicit DirectoryList(int descriptor) : descriptor_(descriptor) {}

  // Empty at the end.
  Result<CString> next() {
    while (true) {
      if (offset_ == size_) {
        size_ = TRY(sys::read_directory(descriptor_, buffer_));
        offset_ = 0;
        if (size_ == 0) return CString();
      }
      const auto* entry = reinterpret_cast<const dirent*>(buffer_ + offset_);
      offset_ += entry->d_reclen;
      const CString name = CString::from_pointer(static_cast<const char*>(entry->d_name));
      if (name != "." && name != "..") return name;
    }
  }

 private:
  int descriptor_;
  std::size_t size_ = 0;
  std::size_t offset_ = 0;
  alignas(dirent) char buffer_[1024];  // small: remove_tree has one for each level
};

}  // namespace microctr

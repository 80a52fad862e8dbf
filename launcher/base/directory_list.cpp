#include "launcher/base/directory_list.h"

#include "launcher/base/sys.h"

namespace microctr {

Result<CString> DirectoryList::next() {
  while (true) {
    if (offset_ == size_) {
      size_ = TRY(sys::read_directory(descriptor_, buffer_));
      offset_ = 0;
      if (size_ == 0) return CString();
    }
    const auto* entry = reinterpret_cast<const dirent*>(buffer_ + offset_);
    offset_ += entry->d_reclen;
    type_ = entry->d_type;
    const CString name = CString::from_pointer(static_cast<const char*>(entry->d_name));
    if (name != "." && name != "..") return name;
  }
}

}  // namespace microctr

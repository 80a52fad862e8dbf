// Text storage that grows by one string at a time and is let go as a whole.
//
// The storage belongs to the caller (static or on the stack). What the arena returns stays valid until `reset` or
// the end of the storage. A full arena is an error that the caller names; nothing is ever cut.
#pragma once

#include <cstring>
#include <initializer_list>
#include <span>
#include <string_view>

#include "launcher/base/cstring.h"
#include "launcher/base/result.h"

namespace microctr {

class Arena {
 public:
  explicit Arena(std::span<char> storage) : storage_(storage) {}
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  // A NUL-terminated copy of `text`. Error ENOSPC when it does not fit.
  Result<CString> copy(std::string_view text) { return join({text}); }

  // A NUL-terminated copy of the parts one after the other. Error ENOSPC when it does not fit.
  Result<CString> join(std::initializer_list<std::string_view> parts) {
    std::size_t size = 0;
    for (const std::string_view part : parts) size += part.size();
    if (size >= storage_.size() - used_) return Error{ENOSPC, "hold text (too much for the fixed storage)"};
    char* const start = storage_.data() + used_;
    char* end = start;
    for (const std::string_view part : parts) {
      if (part.empty()) continue;
      std::memcpy(end, part.data(), part.size());
      end += part.size();
    }
    *end = '\0';
    used_ += size + 1;
    return CString::from_terminated(std::string_view(start, size));
  }

  // The free rest, for a reader that fills it directly and then calls `take`.
  std::span<char> rest() const { return storage_.subspan(used_); }
  void take(std::size_t size) { used_ += size; }

  std::size_t used() const { return used_; }
  void reset(std::size_t used = 0) { used_ = used; }

 private:
  std::span<char> storage_;
  std::size_t used_ = 0;
};

}  // namespace microctr

// Text storage that grows by one string at a time and is let go as a whole.
//
// The storage belongs to the caller (static or on the stack). What the arena returns stays valid until `reset` or
// the end of the storage. A full arena is an error that the caller names; nothing is ever cut.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>

#include "launcher/base/cstring.h"
#include "launcher/base/result.h"
#include "launcher/base/text.h"

namespace microctr {

class Arena {
 public:
  explicit Arena(std::span<char> storage) : storage_(storage) {}
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  // A NUL-terminated copy of `text`. Error ENOSPC when it does not fit.
  Result<CString> copy(std::string_view text) { return join(text); }

  // A NUL-terminated copy of the parts one after the other, which are any that TextWriter takes. Error ENOSPC when it
  // does not fit.
  template <typename... Parts>
  [[gnu::always_inline]] Result<CString> join(Parts... parts) {
    return join_parts(part::kinds_of<Parts...>(), part::pass(parts)...);
  }
  Result<CString> join(std::initializer_list<std::string_view> parts);

  // The free rest, for a reader that fills it directly and then calls `take`.
  std::span<char> rest() const { return storage_.subspan(used_); }
  void take(std::size_t size) { used_ += size; }

  std::size_t used() const { return used_; }
  void reset(std::size_t used = 0) { used_ = used; }

 private:
  Result<CString> join_parts(std::uint64_t kinds, ...);
  Result<CString> keep(const TextWriter& writer);

  std::span<char> storage_;
  std::size_t used_ = 0;
};

}  // namespace microctr

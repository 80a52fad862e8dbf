// What is wrong with a configuration, where, and what to do: the answer of reader and validate.
//
// A Diagnostic's text is kept in the Diagnostics itself, so that it outlives whatever was read. Nothing here prints.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "launcher/base/arena.h"
#include "launcher/base/fixed_vector.h"
#include "launcher/base/limits.h"
#include "launcher/base/phrase.h"
#include "launcher/base/text.h"

namespace microctr {

// A place in a file, or in an option (`-o`): line 0 means that there is none.
struct Location {
  CString source;            // file name as the user gave it, "-o memory=1x", or empty
  std::uint32_t line = 0;    // from 1
  std::uint32_t column = 0;  // from 1, in bytes
};

struct Diagnostic {
  Location where;
  CString text;  // "unknown key 'memroy' (did you mean 'memory'?)"
};

class Diagnostics {
 public:
  Diagnostics() : arena_({static_cast<char*>(storage_), sizeof storage_}) {}
  Diagnostics(const Diagnostics&) = delete;
  Diagnostics& operator=(const Diagnostics&) = delete;

  template <typename... Parts>
  void add(const Location& where, const Parts&... parts) {
    TextBuffer<512> text(parts...);
    keep(where, text.view());
  }
  // The same with a pattern; of `subject` is shown what `shown` leaves.
  void report(const Location& where, Phrase pattern, std::string_view subject = {}, std::string_view more = {});
  // The same behind "KEY: ".
  void report_key(CString key, const Location& where, Phrase pattern, std::string_view subject, std::string_view more);

  bool empty() const { return count_ == 0; }
  std::size_t count() const { return count_; }  // also those that found no room in `list`
  std::span<const Diagnostic> list() const { return list_.view(); }

 private:
  void keep(const Location& where, std::string_view text);

  char storage_[8 * 1024];
  Arena arena_;
  FixedVector<Diagnostic, limits::diagnostics> list_;
  std::size_t count_ = 0;
};

// "web.conf:3:10", "web.conf" without a line. Control characters are shown as '?': a terminal may obey them.
void format_location(const Location& where, TextWriter& writer);

// "web.conf:3:10: unknown key 'memroy' (did you mean 'memory'?)", without a newline. Control characters as above.
void format_diagnostic(const Diagnostic& diagnostic, TextWriter& writer);

// `pattern` with its places filled in.
void add_pattern(TextWriter& writer, Phrase pattern, std::string_view subject, std::string_view more);

// At most the first 64 bytes of a value, cut between characters, for use in a message.
std::string_view shown(std::string_view value);

}  // namespace microctr

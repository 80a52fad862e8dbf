// The one way to say something went wrong: "microctr: NAME: what: reason (hint)" on standard error, in one write.
#pragma once

#include <string_view>

#include "launcher/base/result.h"
#include "launcher/base/text.h"

namespace microctr {

// "what subject: reason (hint)"
void format_error(const Error& error, TextWriter& text);

// `name`: the container, or empty. `kinds` and what follows: as part::kinds_of and part::pass have them.
void log_parts(CString name, std::uint64_t kinds, ...);
template <typename... Parts>
[[gnu::always_inline]] inline void log_error(CString name, Parts... parts) {
  log_parts(name, part::kinds_of<Parts...>(), part::pass(parts)...);
}
void log_failure(CString name, const Error& error);

// Plain text to standard output or error, as it is.
void print(std::string_view text);
// The first error of print(). Whoever prints without an end asks in between.
Result<void> printed();
void print_phrase(Phrase text);  // of at most 511 bytes
void print_error(std::string_view text);

}  // namespace microctr

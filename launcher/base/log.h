// The one way to say something went wrong: "microctr: NAME: what: reason (hint)" on standard error, in one write.
#pragma once

#include <string_view>

namespace microctr {

// `name`: the container, or empty.
void log_error(std::string_view name, std::string_view text);

// Plain text to standard output or error, as it is.
void print(std::string_view text);
void print_error(std::string_view text);

}  // namespace microctr

// Text of a container on its way to a person: one line, nothing in it that a terminal would obey.
#pragma once

#include <string_view>

#include "launcher/base/text.h"

namespace microctr {

// Adds `text` to `line`: a run of control characters and blanks becomes one blank, what is not ASCII a '?'.
void add_plain_line(TextWriter& line, std::string_view text);

}  // namespace microctr

// A container's state as text and back. Pure but for replace_content.
//
//   state = running
//   ...
//   end
#pragma once

#include <optional>

#include "launcher/base/file.h"
#include "launcher/base/sys.h"
#include "launcher/base/text.h"
#include "launcher/supervisor/state.h"

namespace microctr {

void write_state_text(const State& state, TextWriter& text);

// Nothing: the text is not whole.
std::optional<State> parse_state(std::string_view text);

// The whole content of an open file becomes `text`.
Result<void> replace_content(int file, std::string_view text);

}  // namespace microctr

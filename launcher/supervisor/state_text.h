// A container's state as text and back. Pure but for put_state.
//
//   state = running
//   ...
//   end
//
// All texts have one length (empty lines before the end), so that one can be written over another.
#pragma once

#include <optional>

#include "launcher/base/file.h"
#include "launcher/base/sys.h"
#include "launcher/base/text.h"
#include "launcher/supervisor/state.h"

namespace microctr {

inline constexpr std::size_t state_text_size = 448;  // the longest numbers leave 60 bytes

void write_state_text(const State& state, TextWriter& text);

// Nothing: the text is not whole.
std::optional<State> parse_state(std::string_view text);

// The whole content of an open file becomes the text of `state`.
Result<void> put_state(int file, const State& state);

}  // namespace microctr

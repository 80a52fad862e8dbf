// Which bytes may stand in a line of configuration: UTF-8 (RFC 3629) without control characters, tabs excepted.
//
// Pure. A NUL would end the text early for the kernel, a control character could change what a terminal shows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "launcher/base/phrase.h"

namespace microctr {

// Length of the character that begins at `at`; 0 when it is malformed, overlong, a surrogate or above U+10FFFF.
std::size_t decode_utf8(std::string_view text, std::size_t at, std::uint32_t& code);

struct BadByte {
  std::size_t at = 0;  // offset in bytes
  Phrase what;         // a whole sentence about it
};

// The first byte of `line` that may not be there.
std::optional<BadByte> find_bad_byte(std::string_view line);

}  // namespace microctr

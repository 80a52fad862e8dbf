// Amounts as tables show them: bytes with a unit, shares with two digits, times as two units.
#pragma once

#include "launcher/base/text.h"

namespace microctr {

void add_hundredths(TextWriter& text, std::uint64_t value);  // 1234: "12.34"
void add_bytes(TextWriter& text, std::uint64_t bytes);       // "512", "1.5K", "12.0M"
void add_duration(TextWriter& text, std::uint64_t seconds);  // "59s", "12m03s", "5h02m", "3d04h"

}  // namespace microctr

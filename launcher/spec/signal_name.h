// Signals by name (signal(7)), with the kernel's numbers for x86 and arm.
#pragma once

#include <optional>
#include <string_view>

namespace microctr {

inline constexpr int last_signal = 64;

// A number from 1 to 64, a name with or without SIG in any case, or RTMIN+N (counted from 34, as the C libraries and
// systemd do, because 32 and 33 belong to the thread library).
std::optional<int> parse_signal(std::string_view text);

// The name that was probably meant, without SIG; empty when none is near.
std::string_view nearest_signal(std::string_view text);

// Name without SIG; empty for a signal that has none.
std::string_view signal_name(int number);

}  // namespace microctr

// Users and groups as text: what is a number, what is a name. Pure, strict; `exec -u` and config keys use the same.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace microctr {

// The last one means "no change" to setuid(2) and chown(2).
inline constexpr std::uint64_t largest_id = UINT32_MAX - 1;

// A user or group number: digits only, 0 to `largest_id`.
std::optional<std::uint32_t> parse_id(std::string_view text);

// As useradd(8) allows them, upper case too: never a number, at most 32 bytes.
bool is_account_name(std::string_view name);

}  // namespace microctr

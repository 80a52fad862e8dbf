// Capabilities by name (capabilities(7), linux/capability.h), as sets of 64 bits: bit N is capability N.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace microctr {

inline constexpr unsigned capability_count = 41;  // CAP_LAST_CAP is 40 since Linux 5.9
inline constexpr std::uint64_t all_capabilities = (std::uint64_t{1} << capability_count) - 1;

// The set that `name` stands for: one capability, with or without `CAP_`, in any case, or ALL.
std::optional<std::uint64_t> parse_capability(std::string_view name);

// The name that was probably meant, without `CAP_`; empty when none is near.
std::string_view nearest_capability(std::string_view name);

// Name without `CAP_`; empty from `capability_count` on.
std::string_view capability_name(unsigned number);

// What is left of `initial` after a container's `cap_add` and `cap_drop`. To drop ALL comes first and to add ALL
// comes first, so that `cap_drop = ALL` with `cap_add = NET_RAW` leaves one and `cap_add = ALL` with
// `cap_drop = NET_RAW` leaves all others, as with docker.
constexpr std::uint64_t change_capabilities(std::uint64_t initial, std::uint64_t added, std::uint64_t dropped) {
  if (dropped == all_capabilities) return added;
  return (initial | added) & ~dropped;
}

}  // namespace microctr

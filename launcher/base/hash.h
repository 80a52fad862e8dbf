// A hash that names are derived from: the same for ever, on every machine. Never for what an attacker could choose to
// collide; whoever uses it says what a collision does.
#pragma once

#include <cstdint>
#include <string_view>

namespace microctr {

inline constexpr std::uint64_t hash_start = 0xcbf29ce484222325;

// FNV-1a, 64 bits, of `text` behind what `value` is the hash of.
[[gnu::noinline]] constexpr std::uint64_t hash_of(std::string_view text, std::uint64_t value = hash_start) {
  for (const char character : text) value = (value ^ static_cast<unsigned char>(character)) * 0x100000001b3;
  return value;
}

// Its 40 lower bits after folding, as the authors of FNV advise, so that all bits count.
constexpr std::uint64_t fold_hash(std::uint64_t value) { return (value ^ value >> 40) & 0xff'ffff'ffff; }

}  // namespace microctr

// Numbers with units, as configuration and command line write them. Strict: no sign, no blank, no overflow.
//
// Pure functions from text to a value or the reason why not; what to tell the operator is the caller's.
#pragma once

#include <cstdint>
#include <string_view>

namespace microctr {

enum class NumberFault : std::uint8_t { none, not_a_number, no_unit, unknown_unit, too_large };

struct ParsedNumber {
  std::uint64_t value = 0;
  NumberFault fault = NumberFault::none;
};

// Bytes: a whole number, alone or with K, M, G or T (times 1024 each); at most 2^63 - 1.
ParsedNumber parse_size(std::string_view text);

// Milliseconds: a whole number with ms, s, m or h; at most 2^31 - 1 ms (24 days), what poll(2) can wait.
ParsedNumber parse_time(std::string_view text);

// Thousandths of one processor: `1.5` (at most three decimals) or a whole percentage of one (`50%`).
ParsedNumber parse_cpus(std::string_view text);

// True for processors as the kernel lists them: numbers and rising ranges between commas (`0-1,3`).
bool is_cpu_list(std::string_view text);

}  // namespace microctr

#include "launcher/spec/number.h"

#include "launcher/base/text.h"

namespace microctr {
namespace {

constexpr std::uint64_t largest_size = INT64_MAX;
constexpr std::uint64_t largest_time = INT32_MAX;
constexpr std::uint64_t largest_cpus = 8192ULL * 1000;  // the kernel's largest NR_CPUS
constexpr std::uint64_t largest_cpu = 8191;

constexpr bool is_digit(char character) { return character >= '0' && character <= '9'; }

// The digits that `rest` begins with; `rest` becomes what follows them.
std::string_view take_digits(std::string_view& rest) {
  std::size_t length = 0;
  while (length < rest.size() && is_digit(rest[length])) ++length;
  const std::string_view digits = leading(rest, length);
  rest.remove_prefix(length);
  return digits;
}

// `factor` 0 stands for a unit that nobody knows.
ParsedNumber multiply(std::string_view digits, std::uint64_t factor, std::uint64_t largest) {
  if (factor == 0) return {0, NumberFault::unknown_unit};
  const auto number = parse_number(digits, largest / factor);
  if (!number) return {0, NumberFault::too_large};
  return {*number * factor, NumberFault::none};
}

}  // namespace

ParsedNumber parse_size(std::string_view text) {
  const std::string_view digits = take_digits(text);
  if (digits.empty()) return {0, NumberFault::not_a_number};
  if (text.empty()) return multiply(digits, 1, largest_size);
  const std::size_t power = std::string_view("KMGT").find(text.front());
  if (text.size() != 1 || power == std::string_view::npos) return {0, NumberFault::unknown_unit};
  return multiply(digits, 1ULL << (10 * (power + 1)), largest_size);
}

ParsedNumber parse_time(std::string_view text) {
  const std::string_view digits = take_digits(text);
  if (digits.empty()) return {0, NumberFault::not_a_number};
  if (text.empty()) return {0, NumberFault::no_unit};
  std::uint64_t factor = 0;
  if (text == "ms") factor = 1;
  if (text == "s") factor = 1000;
  if (text == "m") factor = 60 * 1000;
  if (text == "h") factor = 60 * 60 * 1000;
  return multiply(digits, factor, largest_time);
}

ParsedNumber parse_cpus(std::string_view text) {
  const std::string_view whole = take_digits(text);
  if (whole.empty()) return {0, NumberFault::not_a_number};
  if (text == "%") return multiply(whole, 10, largest_cpus);
  ParsedNumber parsed = multiply(whole, 1000, largest_cpus);
  if (text.empty()) return parsed;
  if (text.front() != '.') return {0, NumberFault::unknown_unit};
  text.remove_prefix(1);
  const std::string_view decimals = take_digits(text);
  if (decimals.empty() || decimals.size() > 3 || !text.empty()) return {0, NumberFault::not_a_number};
  std::uint64_t weight = 100;
  for (const char digit : decimals) {
    parsed.value += static_cast<std::uint64_t>(digit - '0') * weight;
    weight /= 10;
  }
  return parsed;
}

bool is_cpu_list(std::string_view text) {
  if (text.empty() || text.ends_with(',')) return false;
  while (!text.empty()) {
    const std::string_view part = cut(text, ',');
    const std::size_t dash = position(part, '-');
    const auto first = parse_number(leading(part, dash), largest_cpu);
    if (!first) return false;
    if (dash == std::string_view::npos) continue;
    const auto last = parse_number(after(part, dash + 1), largest_cpu);
    if (!last || *last < *first) return false;
  }
  return true;
}

}  // namespace microctr

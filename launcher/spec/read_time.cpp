// time_offset = [+-]TIME for both clocks, or monotonic=[+-]TIME and boottime=[+-]TIME.

#include "launcher/base/text.h"
#include "launcher/spec/setting.h"

namespace microctr {
namespace {

// KTIME_SEC_MAX / 2, what a clock with its offset may show at most (proc_timens_set_offset() of the kernel): 146 years.
constexpr std::uint64_t longest = INT64_MAX / 1'000'000'000 / 2;

std::optional<std::int64_t> read_offset(const Setting& setting, std::string_view text) {
  std::string_view digits = text;
  const bool is_negative = begins_with(digits, '-');
  if (is_negative || begins_with(digits, '+')) digits.remove_prefix(1);
  std::uint64_t factor = 1;
  if (!digits.empty()) {
    const std::size_t unit = position("smhd", digits.back());
    constexpr std::uint32_t factors[] = {1, 60, 60 * 60, 24 * 60 * 60};
    if (unit < 4) {
      factor = factors[unit];
      digits.remove_suffix(1);
    }
  }
  const auto number = parse_number(digits);
  if (!number) {
    setting.fault(text, "'@' is not an offset (write a whole number with s, m, h or d: 30d, -1h, monotonic=90s)"_p);
    return {};
  }
  if (*number > longest / factor) {
    setting.fault(text, "'@' is too much (the kernel's clocks go to 146 years: 53375d)"_p);
    return {};
  }
  const auto offset = static_cast<std::int64_t>(*number * factor);
  return is_negative ? -offset : offset;
}

void read_clocks(const Setting& setting, TimeOffset& offset) {
  std::string_view rest = setting.value;
  bool has_clock[2] = {};
  for (std::string_view word = next_item(rest); !word.empty(); word = next_item(rest)) {
    std::string_view text = word;
    const std::string_view clock = cut(text, '=');
    const auto index = setting.choice(clock, "monotonic boottime");
    if (!index) return;
    if (has_clock[*index]) return setting.fault(word, "'@' is given twice (keep one)"_p);
    has_clock[*index] = true;
    const auto seconds = read_offset(setting, text);
    if (!seconds) return;
    (*index == 0 ? offset.monotonic : offset.boottime) = *seconds;
  }
}

}  // namespace

void read_time_offset(const Setting& setting) {
  auto& offset = setting.spec.time_offset;
  offset.reset();
  if (setting.value.empty()) return;
  offset = TimeOffset{};
  if (contains(setting.value, '=')) return read_clocks(setting, *offset);
  if (const auto seconds = read_offset(setting, setting.value)) *offset = {*seconds, *seconds};
}

}  // namespace microctr

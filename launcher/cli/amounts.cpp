#include "launcher/cli/amounts.h"

namespace microctr {

namespace {

void add_two_digits(TextWriter& text, std::uint64_t value) { text.add(value < 10 ? "0" : "", value); }

}  // namespace

void add_hundredths(TextWriter& text, std::uint64_t value) {
  text.add(value / 100, '.');
  add_two_digits(text, value % 100);
}

void add_bytes(TextWriter& text, std::uint64_t bytes) {
  constexpr char units[] = "KMGTPE";
  if (bytes < 1024) {
    text.add(bytes);
    return;
  }
  unsigned unit = 0;
  while (bytes >= 1024 * 1024) {
    bytes /= 1024;
    ++unit;
  }
  text.add(bytes / 1024, '.', bytes % 1024 * 10 / 1024, units[unit]);
}

void add_duration(TextWriter& text, std::uint64_t seconds) {
  struct Unit {
    std::uint64_t seconds;
    char large;
    char small;
  };
  constexpr Unit units[] = {{86400, 'd', 'h'}, {3600, 'h', 'm'}, {60, 'm', 's'}};
  std::uint64_t below = 3600;
  for (const Unit& unit : units) {
    if (seconds >= unit.seconds) {
      text.add(seconds / unit.seconds, unit.large);
      add_two_digits(text, seconds % unit.seconds / below);
      text.add(unit.small);
      return;
    }
    below = below == 3600 ? 60 : 1;
  }
  text.add(seconds, 's');
}

}  // namespace microctr

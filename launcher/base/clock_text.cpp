#include "launcher/base/clock_text.h"

namespace microctr {

namespace {

void add_padded(TextWriter& text, std::uint64_t number, unsigned digits) {
  std::uint64_t limit = 1;
  for (unsigned digit = 1; digit < digits; ++digit) limit *= 10;
  for (; limit > 1 && number < limit; limit /= 10) text.add('0');
  text.add(number);
}

struct Date {
  std::uint64_t year;
  unsigned month;
  unsigned day;
};

// Days since 1970-01-01 to a date, counting years from March, so that the leap day comes last.
Date date_of(std::uint64_t days) {
  constexpr std::uint64_t days_per_era = 146097;  // 400 years
  const std::uint64_t shifted = days + 719468;    // since 0000-03-01
  const std::uint64_t era = shifted / days_per_era;
  const std::uint64_t day_of_era = shifted % days_per_era;
  const std::uint64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const std::uint64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::uint64_t month_from_march = (5 * day_of_year + 2) / 153;
  const auto day = static_cast<unsigned>(day_of_year - (153 * month_from_march + 2) / 5 + 1);
  const auto month = static_cast<unsigned>(month_from_march < 10 ? month_from_march + 3 : month_from_march - 9);
  return {year_of_era + era * 400 + (month <= 2 ? 1 : 0), month, day};
}

}  // namespace

void format_time(const sys::WallTime& time, TextWriter& text) {
  const auto seconds = static_cast<std::uint64_t>(time.seconds < 0 ? 0 : time.seconds);
  const Date date = date_of(seconds / 86400);
  const std::uint64_t second_of_day = seconds % 86400;
  add_padded(text, date.year, 4);
  text.add('-');
  add_padded(text, date.month, 2);
  text.add('-');
  add_padded(text, date.day, 2);
  text.add('T');
  add_padded(text, second_of_day / 3600, 2);
  text.add(':');
  add_padded(text, second_of_day / 60 % 60, 2);
  text.add(':');
  add_padded(text, second_of_day % 60, 2);
  text.add('.');
  add_padded(text, time.nanoseconds, 9);
  text.add('Z');
}

}  // namespace microctr

#include "launcher/spec/signal_name.h"

#include <span>

#include "launcher/base/bytes.h"
#include "launcher/base/text.h"
#include "launcher/spec/word_list.h"

namespace microctr {
namespace {

constexpr char names[] =
    "HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG "
    "XCPU XFSZ VTALRM PROF WINCH IO PWR SYS";
constexpr int first_realtime = 34;

// `text` in upper case and without SIG; empty when it is longer than any.
std::string_view simplify(std::string_view text, std::span<char> storage) {
  std::string_view simple = upper_case(text, storage);
  if (simple.starts_with("SIG")) simple.remove_prefix(3);
  return simple;
}

}  // namespace

std::optional<int> parse_signal(std::string_view text) {
  if (const auto number = parse_number(text, last_signal)) {
    if (*number == 0) return {};
    return static_cast<int>(*number);
  }
  Bytes<16> upper;
  std::string_view name = simplify(text, upper);
  if (name == "RTMIN") return first_realtime;
  if (name.starts_with("RTMIN+")) {
    const auto offset = parse_number(after(name, 6), last_signal - first_realtime);
    if (!offset) return {};
    return first_realtime + static_cast<int>(*offset);
  }
  const auto index = find_word(names, name);
  if (!index) return {};
  return static_cast<int>(*index) + 1;
}

std::string_view nearest_signal(std::string_view text) {
  Bytes<16> upper;
  return nearest_word(names, simplify(text, upper));
}

std::string_view signal_name(int number) {
  if (number < 1) return {};
  return word_at(names, static_cast<unsigned>(number - 1));
}

}  // namespace microctr

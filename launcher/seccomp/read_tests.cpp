#include "launcher/seccomp/read_tests.h"

#include "launcher/seccomp/scanner.h"
#include "launcher/spec/word_list.h"

namespace microctr::seccomp {

namespace {

constexpr char operators[] = "== != < <= > >=";  // in the order of Operator
constexpr char low_suffix[] = ":32";

std::optional<std::uint64_t> parse_hexadecimal(std::string_view digits) {
  if (digits.empty() || digits.size() > 16) return {};
  std::uint64_t value = 0;
  for (const char character : digits) {
    const char lower = static_cast<char>(character | 0x20);
    const bool is_letter = lower >= 'a' && lower <= 'f';
    if (!is_letter && (character < '0' || character > '9')) return {};
    value = value << 4 | static_cast<unsigned>(is_letter ? lower - 'a' + 10 : character - '0');
  }
  return value;
}

// Decimal, or hexadecimal with 0x. A leading 0 means octal to some and decimal to others.
std::optional<std::uint64_t> read_value(const PolicyLine& line, const Test& test, std::string_view text) {
  const std::uint64_t largest = test.width == Width::low_32 ? UINT32_MAX : UINT64_MAX;
  const bool is_hexadecimal = text.starts_with("0x") || text.starts_with("0X");
  const std::string_view digits = is_hexadecimal ? after(text, 2) : text;
  if (!is_hexadecimal && digits.size() > 1 && begins_with(digits, '0') && parse_number(digits)) {
    line.fault(text, "'@' begins with 0 (there are no octal numbers here: write decimal, or 0x...)"_p);
    return {};
  }
  const auto value = is_hexadecimal ? parse_hexadecimal(digits) : parse_number(digits);
  if (!value) {
    line.fault(text, "'@' is not a value (write a decimal number, or 0x...; at most 64 bits)"_p);
    return {};
  }
  if (*value <= largest) return value;
  line.fault(text, "'@' needs more than 32 bits (leave out :32 to compare all 64)"_p);
  return {};
}

// The writer's own hexadecimal numbers end below 2^56.
void add_value(TextWriter& text, std::uint64_t value) {
  if (value < 10) {
    text.add(value);
    return;
  }
  text.add("0x");
  if (value > UINT8_MAX) text.add(Hex{value >> 8});
  if (value > 0xf) text.add(Hex{value >> 4 & 0xf});
  text.add(Hex{value & 0xf});
}

bool read_argument(const PolicyLine& line, std::string_view word, Test& test) {
  const std::size_t name_size = 4;
  const std::string_view suffix = after(word, name_size);
  const bool is_argument =
      word.starts_with("arg") && word.size() >= name_size && (suffix.empty() || suffix == low_suffix);
  if (is_argument && word[3] >= '0' && word[3] <= '5') {
    test.argument = static_cast<std::uint8_t>(word[3] - '0');
    test.width = suffix.empty() ? Width::whole : Width::low_32;
    return true;
  }
  if (word.empty()) {
    line.fault(word, "a test is missing (write if arg0 == 1)"_p);
  } else {
    line.fault(word, "'@' is not an argument (there are arg0 to arg5, and arg0:32 for an int)"_p);
  }
  return false;
}

bool read_operator(const PolicyLine& line, std::string_view sign, Test& test) {
  if (const auto index = find_word(operators, sign)) {
    test.operation = static_cast<Operator>(*index);
    return true;
  }
  if (sign == "=") {
    line.fault(sign, "'@' does not compare (did you mean '=='?)"_p);
  } else {
    line.fault(sign, "'@' is not a comparison (known: &)"_p, operators);
  }
  return false;
}

bool read_test(const PolicyLine& line, Scanner& scanner, Test& test) {
  if (!read_argument(line, scanner.next(), test)) return false;
  std::string_view sign = scanner.next();
  if (sign == "&") {
    const std::string_view text = scanner.next();
    const auto mask = read_value(line, test, text);
    if (!mask) return false;
    test.mask = *mask;
    sign = scanner.next();
    if (sign != "==" && sign != "!=") {
      line.fault(sign, "'@' cannot follow a mask (write == or !=)"_p);
      return false;
    }
  }
  if (!read_operator(line, sign, test)) return false;
  const std::string_view text = scanner.next();
  const auto value = read_value(line, test, text);
  if (!value) return false;
  test.value = *value;
  if ((test.value & ~test.mask) == 0) return true;
  line.fault(text, "'@' has bits that its mask has not (it would never be equal)"_p);
  return false;
}

}  // namespace

bool read_tests(const PolicyLine& line, std::string_view text, Tests& tests) {
  static_assert(limits::policy_tests == 256, "the message below names it");
  Scanner scanner(text);
  while (true) {
    Test test;
    if (!read_test(line, scanner, test)) return false;
    if (!tests.push(test)) {
      line.fault(text, "too many tests of arguments (limit 256)"_p);
      return false;
    }
    const std::string_view joint = scanner.next();
    if (joint.empty()) return true;
    if (joint == "and") continue;
    if (joint == "or") {
      line.fault(joint, "there is no '@' (write a second line: the first rule that fits wins)"_p);
    } else {
      line.fault(joint, "'@' cannot follow a test (write and, or end the line)"_p);
    }
    return false;
  }
}

void add_test(TextWriter& text, const Test& test) {
  text.add("arg", test.argument, test.width == Width::low_32 ? low_suffix : "");
  if (test.mask != whole_mask) {
    text.add(" & ");
    add_value(text, test.mask);
  }
  text.add(" ", word_at(operators, static_cast<unsigned>(test.operation)), " ");
  add_value(text, test.value);
}

}  // namespace microctr::seccomp

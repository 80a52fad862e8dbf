#include "launcher/spec/lexer.h"

#include "launcher/base/limits.h"
#include "launcher/base/text.h"
#include "launcher/spec/utf8.h"

namespace microctr {
namespace {

std::uint32_t column_of(std::string_view line, std::string_view part) {
  return static_cast<std::uint32_t>(part.data() - line.data()) + 1;
}

Line make_fault(std::uint32_t number, std::size_t offset, std::string_view content, Phrase fault) {
  Line line;
  line.kind = Line::Kind::fault;
  line.number = number;
  line.column = static_cast<std::uint32_t>(offset) + 1;
  line.key = content;
  line.fault = fault;
  return line;
}

}  // namespace

Line read_line(std::string_view text, std::uint32_t number) {
  static_assert(limits::config_line == 4096, "the message below names it");
  if (text.size() > limits::config_line) {
    return make_fault(number, limits::config_line, {}, "line is too long (limit 4096 bytes)"_p);
  }
  if (const auto bad = find_bad_byte(text)) return make_fault(number, bad->at, {}, bad->what);

  const std::string_view content = trim(text);
  Line line;
  line.kind = Line::Kind::blank;
  line.number = number;
  if (content.empty() || content.front() == '#') return line;
  line.column = column_of(text, content);
  if (content.front() == '[') {
    return make_fault(number, line.column - 1, {}, "there are no sections here (remove the line)"_p);
  }

  const std::size_t sign = position(text, '=');
  if (sign == std::string_view::npos) {
    return make_fault(number, line.column - 1, content, "no '=' in the line (write key = value)"_p);
  }
  line.key = trim(leading(text, sign));
  if (line.key.empty()) return make_fault(number, sign, {}, "no key before '=' (write key = value)"_p);
  const std::string_view behind = after(text, sign + 1);
  line.value = trim(behind);
  line.value_column = line.value.empty() ? static_cast<std::uint32_t>(sign) + 2 : column_of(text, line.value);
  line.kind = Line::Kind::assignment;
  return line;
}

Lexer::Lexer(std::string_view text) : rest_(text) {
  constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
  if (rest_.starts_with(byte_order_mark)) rest_.remove_prefix(byte_order_mark.size());
}

Line Lexer::next() {
  while (!rest_.empty()) {
    std::string_view text = cut(rest_, '\n');
    ++number_;
    if (text.ends_with('\r')) text.remove_suffix(1);
    const Line line = read_line(text, number_);
    if (line.kind != Line::Kind::blank) return line;
  }
  return {};
}

}  // namespace microctr

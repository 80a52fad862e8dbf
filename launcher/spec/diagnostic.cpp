#include "launcher/spec/diagnostic.h"

namespace microctr {

void Diagnostics::report(const Location& where, Phrase pattern, std::string_view subject, std::string_view more) {
  TextBuffer<512> text;
  add_pattern(text, pattern, subject, more);
  keep(where, text.view());
}

void Diagnostics::report_key(CString key, const Location& where, Phrase pattern, std::string_view subject,
                             std::string_view more) {
  TextBuffer<512> text;
  text.add(key).add(": ");
  add_pattern(text, pattern, subject, more);
  keep(where, text.view());
}

void Diagnostics::keep(const Location& where, std::string_view text) {
  ++count_;
  if (list_.full()) return;
  const auto source = arena_.copy(where.source);
  const auto kept = arena_.copy(text);
  if (source && kept) (void)list_.push({{source.value(), where.line, where.column}, kept.value()});
}

static void add_printable(TextWriter& writer, std::string_view text) {
  for (const char character : text) {
    const auto byte = static_cast<unsigned char>(character);
    writer.add(byte < ' ' || byte == 0x7f ? '?' : character);
  }
}

void format_location(const Location& where, TextWriter& writer) {
  add_printable(writer, where.source);
  if (where.line != 0) writer.add(':', where.line, ':', where.column);
}

void format_diagnostic(const Diagnostic& diagnostic, TextWriter& writer) {
  format_location(diagnostic.where, writer);
  writer.add(": ");
  add_printable(writer, diagnostic.text);
}

void add_pattern(TextWriter& writer, Phrase pattern, std::string_view subject, std::string_view more) {
  TextBuffer<512> text(pattern);
  for (const char character : text.view()) {
    if (character == '@') {
      writer.add(shown(subject));
    } else if (character == '&') {
      writer.add(more);
    } else {
      writer.add(character);
    }
  }
}

std::string_view shown(std::string_view value) {
  constexpr std::size_t most = 64;
  if (value.size() <= most) return value;
  std::size_t size = most;
  while (size > 0 && (static_cast<unsigned char>(value[size]) & 0xc0) == 0x80) --size;
  return leading(value, size);
}

}  // namespace microctr

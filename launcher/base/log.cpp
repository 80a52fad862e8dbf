#include "launcher/base/log.h"

#include "launcher/base/error_text.h"
#include "launcher/base/file.h"

namespace microctr {

void format_error(const Error& error, TextWriter& text) {
  text.add(error.what);
  if (!error.subject.empty()) text.add(' ', error.subject);
  if (error.code != 0) {
    text.add(": ");
    add_error_text(text, error.code);
  }
  if (!error.hint.empty()) text.add(" (", error.hint, ')');
}

[[gnu::noinline]] void log_parts(CString name, std::uint64_t kinds, ...) {
  TextBuffer<2048> line("microctr: ", name, name.empty() ? "" : ": ");
  std::va_list parts;
  va_start(parts, kinds);
  line.add_list(kinds, parts);
  va_end(parts);
  line.add("\n");
  print_error(line.view());
}

void log_failure(CString name, const Error& error) {
  TextBuffer<1024> text;
  format_error(error, text);
  log_error(name, text.view());
}

static int print_error_code = 0;

void print(std::string_view text) {
  const auto written = write_all(1, text);
  if (!written && print_error_code == 0) print_error_code = written.error().code;
}

Result<void> printed() {
  if (print_error_code == 0) return {};
  return fail(print_error_code, "write to standard output"_p);
}

void print_phrase(Phrase text) {
  TextBuffer<512> plain(text);
  print(plain.view());
}

void print_error(std::string_view text) { (void)write_all(2, text); }

}  // namespace microctr

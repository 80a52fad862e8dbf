#include "launcher/supervisor/plain_line.h"

namespace microctr {

void add_plain_line(TextWriter& line, std::string_view text) {
  bool any = false;
  bool blank = false;
  for (const char character : text) {
    const auto code = static_cast<unsigned char>(character);
    if (code <= ' ' || code == 0x7f) {
      blank = true;
      continue;
    }
    if (blank && any) line.add(' ');
    line.add(code < 0x80 ? character : '?');
    any = true;
    blank = false;
  }
}

}  // namespace microctr

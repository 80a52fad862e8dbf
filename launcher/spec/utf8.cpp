#include "launcher/spec/utf8.h"

namespace microctr {

std::size_t decode_utf8(std::string_view text, std::size_t at, std::uint32_t& code) {
  const auto first = static_cast<unsigned char>(text[at]);
  code = first;
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() - at < length) return 0;
  code = first & (0xffU >> (length + 1));
  for (std::size_t next = at + 1; next < at + length; ++next) {
    const auto byte = static_cast<unsigned char>(text[next]);
    if ((byte & 0xc0) != 0x80) return 0;
    code = code << 6 | (byte & 0x3fU);
  }
  constexpr std::uint32_t smallest[] = {0x80, 0x800, 0x10000};
  if (code < smallest[length - 2] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return 0;
  return length;
}

std::optional<BadByte> find_bad_byte(std::string_view line) {
  std::size_t length = 0;
  for (std::size_t at = 0; at < line.size(); at += length) {
    std::uint32_t code = 0;
    length = decode_utf8(line, at, code);
    if (length == 0) return BadByte{at, "not UTF-8 text (save the file as UTF-8)"_p};
    if (code == 0) return BadByte{at, "NUL byte (the file is not plain text; remove it)"_p};
    if ((code < ' ' && code != '\t') || (code >= 0x7f && code < 0xa0)) {
      return BadByte{at, "control character (only tabs and line ends are allowed; remove it)"_p};
    }
  }
  return {};
}

}  // namespace microctr

#include "launcher/base/text.h"

#include "launcher/base/bytes.h"

#include <algorithm>
#include <cstring>

namespace microctr {

TextWriter::TextWriter(char* storage, std::size_t capacity)
    : storage_(storage), capacity_(static_cast<std::uint32_t>(capacity)) {
  storage_[0] = '\0';
}

TextWriter::TextWriter(std::uint64_t shape, ...)
    : TextWriter(reinterpret_cast<char*>(this + 1), shape & ((1U << part::capacity_bits) - 1)) {
  std::va_list parts;
  va_start(parts, shape);
  add_list(shape >> part::capacity_bits, parts);
  va_end(parts);
}

Phrase Phrase::nth(const char* texts, std::size_t number) {
  for (; number != 0; --number) texts += std::strlen(texts) + 1;
  return from_packed(texts);
}

void TextWriter::fill(std::size_t size) {
  do add(' ');
  while (size_ < size && !overflowed_);
}

void TextWriter::put(std::string_view text) {
  const std::size_t room = capacity_ - 1 - size_;
  const std::size_t length = std::min(room, text.size());
  if (length < text.size()) overflowed_ = true;
  if (length != 0) std::memcpy(storage_ + size_, text.data(), length);
  size_ += static_cast<std::uint32_t>(length);
  storage_[size_] = '\0';
}

void TextWriter::put_phrase(const char* packed) {
  for (const char* at = packed; *at != '\0'; ++at) {
    const auto code = static_cast<unsigned char>(*at);
    if (code < phrase::first_code) {
      put(std::string_view(at, 1));
      continue;
    }
    const std::uint16_t* const start = &phrase::starts[code - phrase::first_code];
    put(std::string_view(phrase::fragments + start[0], start[1] - start[0] - 1U));
  }
}

void TextWriter::put_number(std::uint64_t number, unsigned base) {
  Bytes<24> digits;
  std::size_t first = sizeof digits;
  do {
    digits[--first] = "0123456789abcdef"[number % base];
    number /= base;
  } while (number != 0);
  put(std::string_view(digits + first, sizeof digits - first));
}

void TextWriter::add_list(std::uint64_t kinds, std::va_list parts) {
  for (; kinds != 0; kinds >>= 3) {
    const auto kind = static_cast<part::Kind>(kinds & 7);
    switch (kind) {
      case part::Kind::none: return;
      case part::Kind::text: put(va_arg(parts, const char*)); break;
      case part::Kind::view: {
        const auto view = va_arg(parts, part::View);
        put(std::string_view(view.start, view.size));
        break;
      }
      case part::Kind::phrase: put_phrase(va_arg(parts, const char*)); break;
      case part::Kind::character: {
        const char character = static_cast<char>(va_arg(parts, int));
        put(std::string_view(&character, 1));
        break;
      }
      case part::Kind::negative: {
        const auto number = va_arg(parts, std::int64_t);
        if (number < 0) put("-");
        put_number(number < 0 ? ~static_cast<std::uint64_t>(number) + 1 : static_cast<std::uint64_t>(number), 10);
        break;
      }
      case part::Kind::number: put_number(va_arg(parts, std::uint64_t), 10); break;
      case part::Kind::based: {
        const auto number = va_arg(parts, std::uint64_t);
        const unsigned base = static_cast<unsigned>(number >> part::base_shift);
        put_number(number & ((std::uint64_t{1} << part::base_shift) - 1), base);
        break;
      }
    }
  }
}

void TextWriter::add_parts(std::uint64_t kinds, ...) {
  std::va_list parts;
  va_start(parts, kinds);
  add_list(kinds, parts);
  va_end(parts);
}

std::optional<std::uint64_t> parse_number(std::string_view text, std::uint64_t largest, unsigned base) {
  if (text.empty()) return {};
  std::uint64_t number = 0;
  for (const char character : text) {
    if (character < '0' || character > '9') return {};
    const unsigned digit = static_cast<unsigned>(character - '0');
    if (digit >= base) return {};
    if (number > (UINT64_MAX - digit) / base) return {};
    number = number * base + digit;
  }
  if (number > largest) return {};
  return number;
}

static bool is_blank(char character) { return character == ' ' || character == '\t'; }

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

std::string_view cut(std::string_view& rest, char separator) {
  const std::size_t at = rest.find(separator);
  const std::string_view part = leading(rest, at);
  rest = at == std::string_view::npos ? std::string_view() : after(rest, at + 1);
  return part;
}

std::string_view next_word(std::string_view& rest) {
  while (!rest.empty() && is_blank(rest.front())) rest.remove_prefix(1);
  std::size_t length = 0;
  while (length < rest.size() && !is_blank(rest[length])) ++length;
  const std::string_view word = leading(rest, length);
  rest.remove_prefix(length);
  return word;
}

unsigned edit_distance(std::string_view left, std::string_view right) {
  constexpr std::size_t most = 32;
  left = leading(left, most);
  right = leading(right, most);
  unsigned row[most + 1] = {};
  for (std::size_t column = 0; column <= right.size(); ++column) row[column] = static_cast<unsigned>(column);
  for (std::size_t line = 1; line <= left.size(); ++line) {
    unsigned diagonal = row[0];
    row[0] = static_cast<unsigned>(line);
    for (std::size_t column = 1; column <= right.size(); ++column) {
      const unsigned above = row[column];
      const unsigned replace = diagonal + (left[line - 1] == right[column - 1] ? 0U : 1U);
      row[column] = std::min({replace, above + 1, row[column - 1] + 1});
      diagonal = above;
    }
  }
  return row[right.size()];
}

}  // namespace microctr

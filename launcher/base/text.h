// Text in fixed storage: a writer that never overflows, strict number parsing, small helpers.
//
// A TextWriter writes into storage that somebody else owns (TextBuffer<N> brings its own) and keeps it
// NUL-terminated; text that does not fit is cut and `overflowed` says so. Nothing here makes a system call.
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "launcher/base/cstring.h"

namespace microctr {

struct Octal {
  std::uint64_t value;
};
struct Hex {
  std::uint64_t value;
};

class TextWriter {
 public:
  explicit TextWriter(std::span<char> storage) : storage_(storage) { storage_[0] = '\0'; }

  template <typename... Parts>
  TextWriter& add(const Parts&... parts) {
    (put(parts), ...);
    return *this;
  }

  std::string_view view() const { return {storage_.data(), size_}; }
  CString text() const { return CString::from_terminated(view()); }
  std::size_t size() const { return size_; }
  bool overflowed() const { return overflowed_; }
  void clear() {
    size_ = 0;
    overflowed_ = false;
    storage_[0] = '\0';
  }

 private:
  void put(std::string_view text);
  void put(const char* text);
  void put(CString text) { put(text.c_str()); }
  void put(Literal text) { put(text.c_str()); }
  void put(char character);
  void put(Octal number) { put_number(number.value, 8); }
  void put(Hex number) { put_number(number.value, 16); }
  template <std::integral Number>
  void put(Number number) {
    if constexpr (std::is_signed_v<Number>) {
      if (number < 0) {
        put('-');
        put_number(~static_cast<std::uint64_t>(static_cast<std::int64_t>(number)) + 1, 10);
        return;
      }
    }
    put_number(static_cast<std::uint64_t>(number), 10);
  }
  void put_number(std::uint64_t number, unsigned base);

  std::span<char> storage_;
  std::size_t size_ = 0;
  bool overflowed_ = false;
};

template <std::size_t N>
class TextBuffer : public TextWriter {
 public:
  TextBuffer() : TextWriter(characters_) {}
  template <typename... Parts>
  explicit TextBuffer(const Parts&... parts) : TextWriter(characters_) {
    add(parts...);
  }
  TextBuffer(const TextBuffer&) = delete;
  TextBuffer& operator=(const TextBuffer&) = delete;

 private:
  char characters_[N];
};

// Whole text as a number in `base`, without sign, space or prefix; nothing when it is empty, has another character
// or is larger than `largest`.
std::optional<std::uint64_t> parse_number(std::string_view text, std::uint64_t largest = UINT64_MAX,
                                          unsigned base = 10);

std::string_view trim(std::string_view text);  // spaces and tabs at both ends

// The part of `rest` before `separator`; `rest` becomes what follows it, or empty at the end.
std::string_view cut(std::string_view& rest, char separator);

// The next word of `rest` between spaces and tabs; empty at the end.
std::string_view next_word(std::string_view& rest);

// How many single-character edits turn one into the other (Levenshtein), counted up to 32 characters each; for
// "did you mean".
unsigned edit_distance(std::string_view left, std::string_view right);

}  // namespace microctr

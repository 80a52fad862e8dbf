// Text in fixed storage: a writer that never overflows, strict number parsing, small helpers.
//
// A TextWriter writes into storage that somebody else owns (TextBuffer<N> brings its own) and keeps it
// NUL-terminated; text that does not fit is cut and `overflowed` says so. Nothing here makes a system call.
#pragma once

#include <concepts>
#include <cstdarg>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

#include "launcher/base/cstring.h"
#include "launcher/base/phrase.h"

namespace microctr {

struct Octal {
  std::uint64_t value;  // below 2^56
};
struct Hex {
  std::uint64_t value;
};

// What a text is put together from, and how each part travels to the one function that puts them together: as a
// variable argument, its kind in a digit (base 8) of one number. Most calls thus are a handful of instructions.
namespace part {

enum class Kind : unsigned { none, text, view, phrase, character, number, negative, based };

inline constexpr unsigned base_shift = 56;  // the base of a number that is not decimal stands above it

// A string_view as C knows it, which is all that may be a variable argument.
struct View {
  const char* start;
  std::size_t size;
};

constexpr View pass(std::string_view text) { return {text.data(), text.size()}; }
constexpr const char* pass(const char* text) { return text; }
constexpr const char* pass(CString text) { return text.c_str(); }
constexpr const char* pass(Literal text) { return text.c_str(); }
constexpr const char* pass(Phrase phrase) { return phrase.packed(); }
constexpr int pass(char character) { return character; }
constexpr std::uint64_t pass(Octal number) { return number.value | std::uint64_t{8} << base_shift; }
constexpr std::uint64_t pass(Hex number) { return number.value | std::uint64_t{16} << base_shift; }
template <std::unsigned_integral Number>
constexpr std::uint64_t pass(Number number) {
  return number;
}
template <std::signed_integral Number>
constexpr std::int64_t pass(Number number) {
  return number;
}

template <typename Part>
consteval Kind kind_of() {
  if constexpr (std::is_same_v<Part, Octal> || std::is_same_v<Part, Hex>) return Kind::based;
  if constexpr (std::is_same_v<Part, Phrase>) return Kind::phrase;
  using Passed = decltype(pass(std::declval<Part>()));
  if constexpr (std::is_same_v<Passed, const char*>) return Kind::text;
  if constexpr (std::is_same_v<Passed, View>) return Kind::view;
  if constexpr (std::is_same_v<Passed, int>) return Kind::character;
  if constexpr (std::is_same_v<Passed, std::int64_t>) return Kind::negative;
  return Kind::number;
}

inline constexpr unsigned capacity_bits = 16;  // of a buffer, below the kinds of its first parts

template <typename... Parts>
consteval std::uint64_t kinds_of() {
  static_assert(sizeof...(Parts) <= 16);
  std::uint64_t kinds = 0;
  unsigned shift = 0;
  ((kinds |= std::uint64_t{static_cast<unsigned>(kind_of<Parts>())} << shift, shift += 3), ...);
  return kinds;
}

}  // namespace part

class TextWriter {
 public:
  explicit TextWriter(std::span<char> storage) : TextWriter(storage.data(), storage.size()) {}
  TextWriter(char* storage, std::size_t capacity);

  // Text of any kind, characters and numbers, one after the other.
  template <typename... Parts>
  [[gnu::always_inline]] TextWriter& add(Parts... parts) {
    add_parts(part::kinds_of<Parts...>(), part::pass(parts)...);
    return *this;
  }
  void add_list(std::uint64_t kinds, std::va_list parts);  // what `add` comes down to

  // At least one blank, and more up to this size: the next column of a table.
  void fill(std::size_t size);

  std::string_view view() const { return {storage_, size_}; }
  CString text() const { return CString::from_pointer(storage_); }
  std::size_t size() const { return size_; }
  bool overflowed() const { return overflowed_; }
  void clear() {
    size_ = 0;
    overflowed_ = false;
    storage_[0] = '\0';
  }

 protected:
  // A new writer of the storage that follows it, with these parts; `shape` is their kinds above the storage's capacity.
  // One small number less to pass at each of the many places counts.
  [[gnu::noinline]] explicit TextWriter(std::uint64_t shape, ...);

 private:
  void add_parts(std::uint64_t kinds, ...);
  void put(std::string_view text);
  void put_phrase(const char* packed);
  void put_number(std::uint64_t number, unsigned base);

  char* storage_;
  std::uint32_t capacity_;
  std::uint32_t size_ = 0;
  bool overflowed_ = false;
};

template <std::size_t N>
class TextBuffer : public TextWriter {
 public:
  template <typename... Parts>
  [[gnu::always_inline]] explicit TextBuffer(Parts... parts)
      : TextWriter(part::kinds_of<Parts...>() << part::capacity_bits | N, part::pass(parts)...) {
    static_assert(N < 1U << part::capacity_bits);
    static_assert(sizeof(TextBuffer) >= sizeof(TextWriter) + N);
  }
  TextBuffer(const TextBuffer&) = delete;
  TextBuffer& operator=(const TextBuffer&) = delete;

 private:
  alignas(TextWriter) unsigned char characters_[N];  // directly behind the writer; unsigned as in bytes.h
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

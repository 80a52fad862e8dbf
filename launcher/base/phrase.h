// The text of a message to people, stored packed: a byte from 0x80 on stands for a fragment that many messages share,
// as the kernel's kallsyms stores its names. English at 5 bits a letter is what messages cost then, and they are a
// fifth of this program.
//
// "..."_p makes one, at compile time; a TextWriter unpacks it. A plain literal converts to one as well, which pays for
// a short one only. It must not be used for what a program reads: a path, a key, a file's content.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "launcher/base/fragments.h"

namespace microctr {

namespace phrase {

inline constexpr unsigned first_code = 0x80;

consteval std::size_t count_fragments() {
  std::size_t count = 0;
  for (std::size_t at = 0; at + 1 < sizeof fragments; ++at) count += fragments[at] == '\0';
  return count;
}
static_assert(fragments[sizeof fragments - 2] == '\0' && first_code + count_fragments() <= 256);

// Where the fragments with each first character begin, in the order of the table, which is sorted.
struct Index {
  std::array<std::string_view, count_fragments()> texts = {};
  std::array<unsigned char, 129> first = {};
};

consteval Index make_index() {
  Index index;
  const char* at = fragments;
  for (std::string_view& text : index.texts) {
    text = at;
    at += text.size() + 1;
  }
  unsigned number = 0;
  for (unsigned character = 0; character <= 128; ++character) {
    while (number < index.texts.size() && static_cast<unsigned char>(index.texts[number].front()) < character) ++number;
    index.first[character] = static_cast<unsigned char>(number);
  }
  return index;
}
inline constexpr Index index = make_index();

// Where each fragment begins in the table, and where the table ends.
consteval auto make_starts() {
  std::array<std::uint16_t, count_fragments() + 1> starts = {};
  for (std::size_t number = 0; number < count_fragments(); ++number) {
    starts[number + 1] = static_cast<std::uint16_t>(starts[number] + index.texts[number].size() + 1);
  }
  return starts;
}
inline constexpr auto starts = make_starts();

inline void text_is_not_ascii() {}  // not constexpr: reaching it is a compile-time error

// Writes the packed text and its NUL to `packed` unless that is null; its size. The longest fragment always wins: of
// those with one first character the table has the longer ones first.
consteval std::size_t pack(const char* text, char* packed) {
  std::size_t size = 0;
  while (*text != '\0') {
    const auto character = static_cast<unsigned char>(*text);
    if (character >= 128) text_is_not_ascii();
    char code = *text;
    std::size_t taken = 1;
    for (unsigned number = index.first[character]; number < index.first[character + 1U]; ++number) {
      const std::string_view fragment = index.texts[number];
      std::size_t same = 1;
      while (same < fragment.size() && text[same] == fragment[same]) ++same;
      if (same != fragment.size()) continue;
      code = static_cast<char>(first_code + number);
      taken = same;
      break;
    }
    if (packed != nullptr) packed[size] = code;
    ++size;
    text += taken;
  }
  if (packed != nullptr) packed[size] = '\0';
  return size + 1;
}

template <std::size_t N>
struct Text {
  consteval Text(const char (&text)[N]) {  // NOLINT(google-explicit-constructor)
    for (std::size_t at = 0; at < N; ++at) characters[at] = text[at];
  }
  char characters[N];
};

template <Text Plain>
consteval auto packed() {
  std::array<char, pack(Plain.characters, nullptr)> bytes = {};
  pack(Plain.characters, bytes.data());
  return bytes;
}

// aligned: x86_64 would align an array to 16 bytes.
template <Text Plain>
[[gnu::aligned(1)]] inline constexpr auto storage = packed<Plain>();

// A table of texts in one piece, one NUL-terminated text after the other, `Fields` in a row of which the first `Plain`
// stay as they are. Writes it to `packed` unless that is null; its size.
template <const auto& Table, std::size_t Fields, std::size_t Plain>
consteval std::size_t pack_rows(char* packed) {
  std::size_t size = 0;
  std::size_t number = 0;
  for (std::size_t at = 0; at + 1 < sizeof Table; ++number) {
    const std::string_view text = Table + at;
    if (number % Fields < Plain) {
      for (std::size_t byte = 0; byte <= text.size(); ++byte, ++size) {
        if (packed != nullptr) packed[size] = Table[at + byte];
      }
    } else {
      size += pack(Table + at, packed == nullptr ? nullptr : packed + size);
    }
    at += text.size() + 1;
  }
  return size;
}

template <const auto& Table, std::size_t Fields, std::size_t Plain>
consteval auto pack_table() {
  std::array<char, pack_rows<Table, Fields, Plain>(nullptr)> bytes = {};
  pack_rows<Table, Fields, Plain>(bytes.data());
  return bytes;
}

}  // namespace phrase

class Phrase {
 public:
  constexpr Phrase() = default;
  template <std::size_t N>
  consteval Phrase(const char (&plain)[N]) : packed_(plain) {}  // NOLINT(google-explicit-constructor)
  static constexpr Phrase from_packed(const char* packed) {
    Phrase phrase;
    phrase.packed_ = packed;
    return phrase;
  }

  // The one at `number`, from 0, of packed texts that stand one after the other.
  static Phrase nth(const char* texts, std::size_t number);

  constexpr bool empty() const { return *packed_ == '\0'; }
  constexpr const char* packed() const { return packed_; }

 private:
  const char* packed_ = "";
};

template <phrase::Text Plain>
consteval Phrase operator""_p() {
  return Phrase::from_packed(phrase::storage<Plain>.data());
}

}  // namespace microctr

// NUL-terminated text, as system calls want it.
//
// Owns nothing: the text lives in an Arena, in argv or in a literal that outlives this. It is one pointer, so that it
// travels in a register and a Step or an Error stays small; a length is counted when somebody asks. It must not be
// made from a string_view that is not followed by NUL; Arena::copy makes such a copy.
#pragma once

#include <string_view>

#include "launcher/base/literal.h"

namespace microctr {

class CString {
 public:
  constexpr CString() = default;
  constexpr CString(Literal text) : text_(text.c_str()) {}  // NOLINT(google-explicit-constructor)
  template <std::size_t N>
  consteval CString(const char (&text)[N]) : CString(Literal(text)) {}  // NOLINT(google-explicit-constructor)

  // `terminated` must be followed by a NUL that belongs to the same storage, and hold none.
  static constexpr CString from_terminated(std::string_view terminated) { return CString(Pointer{terminated.data()}); }
  static constexpr CString from_pointer(const char* text) { return CString(Pointer{text}); }

  constexpr const char* c_str() const { return text_; }
  constexpr std::string_view view() const { return text_; }
  constexpr operator std::string_view() const { return text_; }  // NOLINT(google-explicit-constructor)
  constexpr std::size_t size() const { return view().size(); }
  constexpr bool empty() const { return *text_ == '\0'; }
  constexpr bool starts_with(char character) const { return !empty() && *text_ == character; }

  // The rest from `offset` on, which is at most the size.
  constexpr CString from(std::size_t offset) const { return CString(Pointer{text_ + offset}); }

  friend constexpr bool operator==(CString left, std::string_view right) { return left.view() == right; }
  friend constexpr bool operator==(CString left, CString right) {
    return __builtin_strcmp(left.text_, right.text_) == 0;
  }
  template <std::size_t N>
  friend constexpr bool operator==(CString left, const char (&right)[N]) {
    return __builtin_strcmp(left.text_, right) == 0;
  }

 private:
  struct Pointer {  // a constructor from a bare pointer would compete with the one for literals
    const char* text;
  };
  constexpr explicit CString(Pointer pointer) : text_(pointer.text) {}

  const char* text_ = "";
};

[[gnu::always_inline]] constexpr bool begins_with(CString text, char character) { return text.starts_with(character); }

// Short text that stands in a constant table itself, with room for `Size` bytes: a pointer to it would cost a
// relocation, which is three times as large as a pointer and makes the page private.
template <std::size_t Size>
struct TableText {
  template <std::size_t N>
  requires(N <= Size) consteval TableText(const char (&text)[N]) {  // NOLINT(google-explicit-constructor)
    for (std::size_t at = 0; at < N; ++at) characters[at] = text[at];
  }

  constexpr CString text() const { return CString::from_pointer(characters); }
  constexpr operator CString() const { return text(); }  // NOLINT(google-explicit-constructor)

  char characters[Size] = {};
};

}  // namespace microctr

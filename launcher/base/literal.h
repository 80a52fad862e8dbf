// A string literal that the compiler has seen: the text of an error, a key's name, a hint.
//
// Owns nothing and can never dangle, because only a literal converts to it (consteval). It is NUL-terminated.
// It must not be used for text that was read or made at run time; that is CString.
#pragma once

#include <cstddef>
#include <string_view>

#include "launcher/base/view.h"

namespace microctr {

// Whether `text` is exactly `literal`. The comparison of string_view would make a view of the literal at each place.
[[gnu::noinline]] constexpr bool is_literal(std::string_view text, const char* literal) {
  return text == std::string_view(literal);
}
template <std::size_t N>
constexpr bool operator==(std::string_view text, const char (&literal)[N]) {
  return is_literal(text, literal);
}

// One pointer, not a view: there are many of them, and every one would cost code for its length.
class Literal {
 public:
  constexpr Literal() = default;

  template <std::size_t N>
  consteval Literal(const char (&text)[N]) : text_(text) {  // NOLINT(google-explicit-constructor)
    if (text[N - 1] != '\0') invalid_literal();
  }

  constexpr std::string_view view() const { return text_; }
  constexpr const char* c_str() const { return text_; }
  constexpr bool empty() const { return *text_ == '\0'; }

 private:
  static void invalid_literal() {}  // not constexpr: reaching it is a compile-time error

  const char* text_ = "";
};

}  // namespace microctr

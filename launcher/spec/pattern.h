// The fixed text of a message with places for what it is about: `@` is the subject, `&` one more text.
//
// Only a literal converts to it. One pointer instead of text in pieces keeps each of the many calls small.
#pragma once

#include <cstddef>

namespace microctr {

class Pattern {
 public:
  constexpr Pattern() = default;

  template <std::size_t N>
  consteval Pattern(const char (&text)[N]) : text_(text) {  // NOLINT(google-explicit-constructor)
    if (text[N - 1] != '\0') invalid_pattern();
  }

  constexpr const char* c_str() const { return text_; }

 private:
  static void invalid_pattern() {}  // not constexpr: reaching it is a compile-time error

  const char* text_ = "";
};

}  // namespace microctr

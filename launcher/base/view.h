// Parts of a string_view, and questions about one.
//
// What its member functions do, but called with the view in two registers: a member function that is not inlined takes
// the address of its view, which then has to live in memory. That was 2 KB of this program.
#pragma once

#include <cstddef>
#include <string_view>

namespace microctr {

// The first `size` bytes, or all when there are fewer.
[[gnu::noinline]] constexpr std::string_view leading(std::string_view text, std::size_t size) {
  return {text.data(), size < text.size() ? size : text.size()};
}

// What follows the first `size` bytes; empty when there are no more.
[[gnu::noinline]] constexpr std::string_view after(std::string_view text, std::size_t size) {
  if (size > text.size()) size = text.size();
  return {text.data() + size, text.size() - size};
}

// Where the character is first or last; std::string_view::npos when it is not there.
[[gnu::noinline]] constexpr std::size_t position(std::string_view text, char character) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text.data()[at] == character) return at;
  }
  return std::string_view::npos;
}
[[gnu::noinline]] constexpr std::size_t last_position(std::string_view text, char character) {
  for (std::size_t at = text.size(); at > 0; --at) {
    if (text.data()[at - 1] == character) return at - 1;
  }
  return std::string_view::npos;
}

[[gnu::noinline]] constexpr bool contains(std::string_view text, char character) {
  return position(text, character) != std::string_view::npos;
}
[[gnu::noinline]] constexpr bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

[[gnu::noinline]] constexpr bool is_letter_or_digit(char character) {
  const char lower = static_cast<char>(character | 0x20);
  return (lower >= 'a' && lower <= 'z') || (character >= '0' && character <= '9');
}

// Whether all of `text` is letters, digits and what `others` has.
[[gnu::noinline]] constexpr bool is_made_of(std::string_view text, const char* others) {
  for (const char character : text) {
    if (!is_letter_or_digit(character) && !contains(others, character)) return false;
  }
  return true;
}

[[gnu::noinline]] constexpr bool begins_with(std::string_view text, char character) {
  return !text.empty() && *text.data() == character;
}

}  // namespace microctr

#include "launcher/seccomp/scanner.h"

namespace microctr::seccomp {

namespace {

bool is_word_character(char character) { return is_letter_or_digit(character) || character == '_' || character == ':'; }
bool is_sign_character(char character) { return contains("=!<>&", character); }

}  // namespace

std::string_view Scanner::next() {
  std::size_t from = 0;
  while (from < rest_.size() && (rest_[from] == ' ' || rest_[from] == '\t')) ++from;
  std::size_t to = from;
  while (to < rest_.size() && is_word_character(rest_[to])) ++to;
  if (to == from) {
    while (to < rest_.size() && is_sign_character(rest_[to])) ++to;
  }
  // A character of several bytes stays whole (UTF-8).
  if (to == from && to < rest_.size()) {
    ++to;
    while (to < rest_.size() && (static_cast<unsigned char>(rest_[to]) & 0xc0) == 0x80) ++to;
  }
  const std::string_view token = after(leading(rest_, to), from);
  rest_ = after(rest_, to);
  return token;
}

bool is_word(std::string_view token) { return !token.empty() && is_word_character(token.front()); }

}  // namespace microctr::seccomp

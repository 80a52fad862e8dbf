#include "launcher/spec/word_list.h"

#include <algorithm>

#include "launcher/base/bytes.h"
#include "launcher/base/text.h"

namespace microctr {

std::optional<unsigned> find_word(Literal list, std::string_view word) {
  if (word.empty()) return {};
  std::string_view rest = list.view();
  for (unsigned index = 0; !rest.empty(); ++index) {
    if (cut(rest, ' ') == word) return index;
  }
  return {};
}

std::string_view word_at(Literal list, unsigned index) {
  std::string_view rest = list.view();
  while (index-- > 0) (void)cut(rest, ' ');
  return cut(rest, ' ');
}

static std::string_view fold(std::string_view text, std::span<char> folded) {
  const std::size_t size = std::min(text.size(), folded.size());
  for (std::size_t at = 0; at < size; ++at) {
    const char character = text[at];
    const bool is_upper = character >= 'A' && character <= 'Z';
    folded[at] = character == '-' ? '_' : is_upper ? static_cast<char>(character + ('a' - 'A')) : character;
  }
  return {folded.data(), size};
}

bool is_near(std::string_view left, std::string_view right, unsigned& distance) {
  Bytes<32> left_folded;
  Bytes<32> right_folded;
  left = fold(left, left_folded);
  right = fold(right, right_folded);
  const unsigned edits = edit_distance(left, right);
  const unsigned most = static_cast<unsigned>(std::max<std::size_t>(1, left.size() / 3));
  const bool is_short_form =
      std::min(left.size(), right.size()) >= 3 && (left.starts_with(right) || right.starts_with(left));
  if ((edits > most && !is_short_form) || edits >= distance) return false;
  distance = edits;
  return true;
}

std::string_view nearest_word(Literal list, std::string_view word) {
  std::string_view rest = list.view();
  std::string_view nearest;
  unsigned distance = ~0U;
  while (!rest.empty()) {
    const std::string_view candidate = cut(rest, ' ');
    if (is_near(word, candidate, distance)) nearest = candidate;
  }
  return nearest;
}

std::string_view upper_case(std::string_view text, std::span<char> storage) {
  if (text.size() > storage.size()) return {};
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char character = text[at];
    const bool is_lower = character >= 'a' && character <= 'z';
    storage[at] = is_lower ? static_cast<char>(character - ('a' - 'A')) : character;
  }
  return {storage.data(), text.size()};
}

}  // namespace microctr

#include "launcher/base/glob.h"

#include "launcher/base/view.h"

namespace microctr {

namespace {

constexpr std::size_t none = std::string_view::npos;

// Where the set that begins at `start` (behind its '[') ends: the place of its ']', which may itself be the first
// member. none: there is no such set, and the '[' stands for itself.
std::size_t end_of_set(std::string_view pattern, std::size_t start) {
  if (start < pattern.size() && pattern[start] == '!') ++start;
  for (std::size_t at = start + 1; at < pattern.size(); ++at) {
    if (pattern[at] == ']') return at;
  }
  return none;
}

bool is_in_set(std::string_view set, char character) {
  const bool negated = begins_with(set, '!');
  set = after(set, negated ? 1 : 0);
  const auto wanted = static_cast<unsigned char>(character);
  bool found = false;
  for (std::size_t at = 0; at < set.size(); ++at) {
    const auto first = static_cast<unsigned char>(set[at]);
    auto last = first;
    if (at + 2 < set.size() && set[at + 1] == '-') {
      last = static_cast<unsigned char>(set[at + 2]);
      at += 2;
    }
    found |= first <= wanted && wanted <= last;
  }
  return found != negated;
}

// Whether the element of `pattern` at `at`, which is no '*', stands for `character`; `at` moves behind it.
bool stands_for(std::string_view pattern, std::size_t& at, char character) {
  const char element = pattern[at++];
  if (element == '?') return true;
  if (element == '[') {
    if (const std::size_t end = end_of_set(pattern, at); end != none) {
      const std::string_view set = pattern.substr(at, end - at);
      at = end + 1;
      return is_in_set(set, character);
    }
  }
  if (element == '\\' && at < pattern.size()) return pattern[at++] == character;
  return element == character;
}

}  // namespace

bool has_wildcard(std::string_view name) { return contains(name, '*') || contains(name, '?') || contains(name, '['); }

// A '*' first stands for nothing, and for one character more each time that the rest does not fit. Only the last '*' is
// ever tried again, so the time is the product of both sizes at most.
bool matches_pattern(std::string_view pattern, std::string_view name) {
  if (begins_with(name, '.') && !begins_with(pattern, '.')) return false;
  std::size_t star = none;  // behind the last '*'
  std::size_t star_at = 0;  // what it stands for ends here
  std::size_t at = 0;
  std::size_t in_name = 0;
  while (in_name < name.size()) {
    if (at < pattern.size() && pattern[at] == '*') {
      star = ++at;
      star_at = in_name;
    } else if (at < pattern.size() && stands_for(pattern, at, name[in_name])) {
      ++in_name;
    } else if (star != none) {
      at = star;
      in_name = ++star_at;
    } else {
      return false;
    }
  }
  while (at < pattern.size() && pattern[at] == '*') ++at;
  return at == pattern.size();
}

}  // namespace microctr

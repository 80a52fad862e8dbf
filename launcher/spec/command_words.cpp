#include "launcher/spec/command_words.h"

#include "launcher/base/text.h"

namespace microctr {
namespace {

constexpr bool is_blank(char character) { return character == ' ' || character == '\t'; }

// Adds what stands between the quotes at the start of `rest` to `word`; `rest` becomes what follows them.
// False when the closing quote is missing.
bool take_quoted(std::string_view& rest, TextWriter& word) {
  const char quote = rest.front();
  for (std::size_t at = 1; at < rest.size(); ++at) {
    char character = rest[at];
    if (character == quote) {
      rest.remove_prefix(at + 1);
      return true;
    }
    const bool is_escape = quote == '"' && character == '\\' && at + 1 < rest.size();
    if (is_escape && (rest[at + 1] == '"' || rest[at + 1] == '\\')) character = rest[++at];
    word.add(character);
  }
  return false;
}

// Adds the word at the start of `rest` to `word`; `rest` becomes what follows it.
std::optional<WordsFault> take_word(std::string_view& rest, TextWriter& word) {
  while (!rest.empty() && !is_blank(rest.front())) {
    const std::string_view here = rest;
    if (rest.front() == '\'' || rest.front() == '"') {
      if (!take_quoted(rest, word)) return WordsFault{here, "this quote is not closed"_p};
      continue;
    }
    if (rest.front() == '\\') {
      rest.remove_prefix(1);
      if (rest.empty()) return WordsFault{here, "nothing follows this backslash (write \\\\ for a backslash)"_p};
    }
    word.add(rest.front());
    rest.remove_prefix(1);
  }
  return {};
}

}  // namespace

std::optional<WordsFault> split_words(std::string_view text, Arena& arena, CommandWords& words) {
  static_assert(limits::arguments == 64, "the message below names it");
  words.clear();
  std::string_view rest = trim(text);
  while (!rest.empty()) {
    const std::string_view here = rest;
    TextBuffer<limits::config_line + 1> word;
    if (const auto fault = take_word(rest, word)) return fault;
    const auto kept = arena.copy(word.view());
    if (!kept) return WordsFault{here, "no room left for its text (make the configuration smaller)"_p};
    if (!words.push(kept.value())) return WordsFault{here, "too many words (limit 64)"_p};
    while (!rest.empty() && is_blank(rest.front())) rest.remove_prefix(1);
  }
  return {};
}

}  // namespace microctr

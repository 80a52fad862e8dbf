// A command line becomes words, as a shell would split it, and nothing else of a shell: no variables, no patterns.
//
// '...' keeps all as it is; in "..." a backslash takes the meaning from the next " or \; outside of quotes it does so
// from any character. Pure; the words are copied into the arena.
#pragma once

#include <optional>
#include <string_view>

#include "launcher/base/arena.h"
#include "launcher/base/fixed_vector.h"
#include "launcher/base/limits.h"
#include "launcher/base/phrase.h"

namespace microctr {

using CommandWords = FixedVector<CString, limits::arguments>;

struct WordsFault {
  std::string_view at;  // a view into the text
  Phrase what;
};

// Fills `words`, which are emptied first. `text` is at most limits::config_line bytes.
std::optional<WordsFault> split_words(std::string_view text, Arena& arena, CommandWords& words);

}  // namespace microctr

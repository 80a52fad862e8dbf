// Fixed lists of words, kept as one text with a blank between words ("auto host root"): no pointers, so that a static
// position-independent binary needs no relocations for them.
//
// Owns nothing. It must not be used for lists that are made at run time.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "launcher/base/literal.h"

namespace microctr {

// Position of `word` in `list`, from 0; the case must be the same.
std::optional<unsigned> find_word(Literal list, std::string_view word);

// The word at `index`; empty behind the end.
std::string_view word_at(Literal list, unsigned index);

// True when `left` is so near to `right` that it was probably meant: at most a third of its letters is different, or
// one is a shortened form of the other. Upper and lower case, `-` and `_` are the same here.
// `distance` is the best so far and is lowered on success.
bool is_near(std::string_view left, std::string_view right, unsigned& distance);

// The word of `list` that was probably meant by `word`; empty when none is near.
std::string_view nearest_word(Literal list, std::string_view word);

// `text` in upper case, in `storage`; empty when it does not fit.
std::string_view upper_case(std::string_view text, std::span<char> storage);

}  // namespace microctr

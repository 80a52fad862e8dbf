// The table of verbs: what exists, how it is called, what it does in a line. Drives dispatch and `help`.
#pragma once

#include <span>

#include "launcher/base/literal.h"
#include "launcher/cli/verbs.h"

namespace microctr {

enum class Arguments : unsigned char { none, optional, one, some };

enum class Sweep : bool { no, first };  // clean up after dead owners before it begins

struct Verb {
  Literal name;
  Literal alias;     // empty: none
  int (*function)(const Invocation&);  // nullptr: not supported yet
  Arguments arguments;
  Sweep sweep;
  Literal usage;
  Literal summary;
};

std::span<const Verb> all_verbs();
const Verb* find_verb(std::string_view name);

// The nearest name, for "did you mean"; empty when nothing is near.
std::string_view nearest_verb(std::string_view name);

}  // namespace microctr

// The table of verbs: what exists, how it is called, what it does in a line. Drives dispatch and `help`.
#pragma once

#include <cstddef>

#include "launcher/base/cstring.h"
#include "launcher/base/phrase.h"
#include "launcher/cli/verbs.h"

namespace microctr {

enum class Arguments : unsigned char { none, optional, one, some, any };

enum class Sweep : bool { no, first };  // clean up after dead owners before it begins

struct Verb {
  bool supported;
  Arguments arguments;
  Sweep sweep;
  CString name;
  CString alias;  // empty: none
  Phrase usage;
  Phrase summary;
};

extern const std::size_t verb_count;
Verb verb_at(std::size_t number);  // below verb_count

// Runs the verb, which must be supported; its exit status.
int run_verb(std::size_t number, const Invocation& invocation);

// The number of the verb with this name or alias; verb_count when there is none.
std::size_t find_verb(std::string_view name);

// The nearest name, for "did you mean"; empty when nothing is near.
CString nearest_verb(std::string_view name);

}  // namespace microctr

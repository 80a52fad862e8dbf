// Names of containers on the command line: what can be one, all that have a record, and the same for each of several.
#pragma once

#include <span>

#include "launcher/base/limits.h"
#include "launcher/cli/invocation.h"

namespace microctr {

// A name goes into paths: only what a configuration could have been called.
bool is_name(CString name);

// Says so; the exit status for it.
int unknown_container(CString name);

// Every container with a record, sorted; in static storage that the next call uses again.
struct Names {
  char text[limits::containers][limits::name + 1];
  std::size_t count = 0;

  CString at(std::size_t index) const { return CString::from_pointer(static_cast<const char*>(text[index])); }
};
const Names& recorded_names(const Places& places);

// Each argument in turn, all of them; the first bad status is the command's.
template <typename Function>
int for_each_argument(const Invocation& invocation, Function function) {
  int status = 0;
  for (const CString argument : invocation.arguments) {
    const int one = function(argument);
    if (status == 0) status = one;
  }
  return status;
}

template <typename Function>
int for_each_name(const Invocation& invocation, Function function) {
  return for_each_argument(invocation,
                           [&](CString name) { return is_name(name) ? function(name) : unknown_container(name); });
}

}  // namespace microctr

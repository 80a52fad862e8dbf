// One call of microctr, taken apart: global options, the verb, its options and arguments.
//
// Views into argv and the environment. Nothing is done here but reading.
#pragma once

#include "launcher/base/fixed_vector.h"
#include "launcher/base/limits.h"
#include "launcher/base/places.h"
#include "launcher/base/result.h"

namespace microctr {

inline constexpr int usage_error = 2;

struct Invocation {
  Places places;
  CString verb;
  FixedVector<CString, limits::overrides> overrides;  // -o
  FixedVector<CString, limits::arguments> arguments;  // before "--"
  FixedVector<CString, limits::arguments> program;    // after "--"; for exec: from the first word after NAME
  CString busybox;                                    // --busybox
  CString timeout;                                    // -t of stop
  CString lines;                                      // -n of logs
  CString signal;                                     // -s of kill
  bool json = false;
  bool follow = false;
  bool times = false;     // -t of logs
  bool failure = false;   // --failure of logs
  bool data = false;      // --data of remove
  bool terminal = false;  // -t of exec
};

// Storage for paths that are made from the environment (XDG directories).
struct InvocationText {
  char storage[3 * 512];
};

// `arguments` without argv[0]. Prints what is wrong and returns false.
bool parse_invocation(std::span<const char* const> arguments, const char* const* environment, InvocationText& text,
                      Invocation& invocation);

}  // namespace microctr

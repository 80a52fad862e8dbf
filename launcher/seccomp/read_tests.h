// What follows `if` on a line of a policy: tests of arguments, joined by `and`.
#pragma once

#include "launcher/seccomp/policy.h"
#include "launcher/spec/lexer.h"

namespace microctr::seccomp {

// A line while it is read; owns nothing.
struct PolicyLine {
  CString source;
  const Line& line;
  Diagnostics& diagnostics;

  // Reports at `part`, a view into the line's key or value and the pattern's '@'; `more` is its '&'.
  void fault(std::string_view part, Phrase pattern, std::string_view more = {}) const;
};

using Tests = FixedVector<Test, limits::policy_tests>;

// Adds the tests of `text`, at least one. False after it has reported a fault; some may be added then.
bool read_tests(const PolicyLine& line, std::string_view text, Tests& tests);

// "arg1:32 & 0xff == 0x12"
void add_test(TextWriter& text, const Test& test);

}  // namespace microctr::seccomp

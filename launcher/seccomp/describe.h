// A policy in words, for `explain`: line by line, so that nobody needs room for all of it.
//
// Pure. It says what the compiler does with the same policy and context; it must not be used after either is gone.
#pragma once

#include "launcher/base/text.h"
#include "launcher/seccomp/policy.h"
#include "launcher/seccomp/standard.h"

namespace microctr::seccomp {

class Description {
 public:
  Description(const Policy& policy, const PolicyContext& context) : policy_(policy), context_(context) {}

  // Adds the next line to `line`, without indentation or newline; seldom more than 512 bytes. False behind the last.
  bool next(TextWriter& line);

 private:
  enum class Part : std::uint8_t { counts, rules, fallback, groups, standard, rest, end };

  bool add_counts(TextWriter& line);
  bool add_rules(TextWriter& line);
  bool add_fallback(TextWriter& line);
  bool add_group(TextWriter& line);
  bool add_standard(TextWriter& line);
  bool add_rest(TextWriter& line);

  const Policy& policy_;
  const PolicyContext& context_;
  Part part_ = Part::counts;
  std::size_t at_ = 0;  // within the part
};

}  // namespace microctr::seccomp

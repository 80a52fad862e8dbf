// A seccomp policy as data, and the reader of the file that describes one.
//
// Plain and of fixed size; `Policy{}` is the standard policy. Rules are tried in their order, the first that fits wins;
// what none fits is decided by the base. It must not know numbers of calls or the container: that is compile.h.
#pragma once

#include <cstdint>
#include <string_view>

#include "launcher/base/cstring.h"
#include "launcher/base/fixed_vector.h"
#include "launcher/base/limits.h"
#include "launcher/seccomp/action.h"
#include "launcher/seccomp/call.h"
#include "launcher/spec/diagnostic.h"

namespace microctr::seccomp {

enum class Operator : std::uint8_t { equal, not_equal, less, less_or_equal, greater, greater_or_equal };

// Of a register: all of it, or the half that the kernel reads when the parameter is an int.
enum class Width : std::uint8_t { whole, low_32 };

inline constexpr std::uint64_t whole_mask = ~std::uint64_t{0};

struct Test {
  std::uint64_t value = 0;
  std::uint64_t mask = whole_mask;  // what of the argument is compared
  std::uint8_t argument = 0;        // 0 to 5
  Operator operation = Operator::equal;
  Width width = Width::whole;
};

struct Rule {
  Action action = Action::not_permitted;
  Call call = 0;
  std::uint16_t first_test = 0;  // all of them must hold; rules of one line share theirs
  std::uint16_t test_count = 0;
};

enum class Base : std::uint8_t { standard, none };

struct Policy {
  Base base = Base::standard;
  Action fallback = Action::not_permitted;  // of Base::none
  FixedVector<Rule, limits::policy_rules> rules;
  FixedVector<Test, limits::policy_tests> tests;
};

// Reads a policy file; `source` is its name for messages. False when there is at least one fault; the policy is not to
// be used then.
bool read_policy(CString source, std::string_view text, Policy& policy, Diagnostics& diagnostics);

}  // namespace microctr::seccomp

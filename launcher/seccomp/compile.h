// The compiler: a policy, for one container on one kernel, becomes the program that the kernel runs at each system
// call.
//
// Pure. The program finds the architecture, then the call's number by binary search over runs of numbers with the same
// answer, then tests arguments where the answer depends on them. x32 numbers and other architectures kill the process.
// A number that no table has is newer than we are: ENOSYS, as a kernel of our age would answer, unless the policy
// allows, logs, traps or kills what it does not name.
#pragma once

#include "launcher/base/result.h"
#include "launcher/seccomp/policy.h"
#include "launcher/seccomp/program.h"
#include "launcher/seccomp/standard.h"

namespace microctr::seccomp {

// Errors: E2BIG the kernel takes no program of that size; EPERM the policy would keep the container's own command from
// being executed or from ending, or our last steps from being done; ENOSYS it has `log` and the kernel is older than
// Linux 4.14.
Result<void> compile(const Policy& policy, const PolicyContext& context, Program& program);

// How many of the calls that an ABI has are never refused, always, or neither.
struct Tally {
  unsigned allowed = 0;
  unsigned refused = 0;
  unsigned tested = 0;
};
Tally count_calls(const Policy& policy, const PolicyContext& context, std::size_t abi);

// Whether a call is refused whatever its arguments are.
bool is_refused(const Policy& policy, const PolicyContext& context, Call call);

}  // namespace microctr::seccomp

// Resource limits and the OOM killer's score of a process that waits at its gate, set from outside by its launcher.
//
// For a further process in a running container the launcher is in the container's user namespace already when the
// process exists: what needs privilege on the host is then prepared on the launcher itself, before.
#pragma once

#include <sys/types.h>

#include "launcher/base/fd.h"
#include "launcher/base/text.h"
#include "launcher/plan/plan.h"

namespace microctr {

// What a step set_limits or set_oom_score says, for the process `pid`.
Result<void> set_limit(const Spec& spec, const Step& step, pid_t pid);
Result<void> set_oom_score(const Step& step, pid_t pid);

// Our own hard limits become at least those that the plan's process shall have.
Result<void> allow_limits(const Plan& plan);
// All steps set_limits of the plan.
Result<void> set_limits(const Plan& plan, pid_t pid);

// Lends this process the score of the plan, for a child to inherit, and gives it back its own.
class LentScore {
 public:
  static Result<LentScore> take(const Plan& plan);
  void give_back();

 private:
  Fd file_;  // empty: the plan has none
  std::uint8_t size_ = 0;
  char before_[15] = {};
};

}  // namespace microctr

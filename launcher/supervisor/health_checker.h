// HealthChecker: the health checks of one container, as the supervisor sees them: a deadline, a child, a verdict.
//
// Each check is a child of the supervisor for as long as it lasts (health_run.h); nothing here waits. Belongs to the
// owner of the Session, who must hand over the ends of children, and not let a container that is paused be checked.
#pragma once

#include "launcher/base/text.h"
#include "launcher/supervisor/health_run.h"

namespace microctr {

class HealthChecker {
 public:
  // The program runs; also for one that was adopted, whose health is then found out anew.
  void begin(const HealthCheck& spec, std::uint64_t now) { state_.begin(spec, now); }

  const HealthState& state() const { return state_; }

  // When `turn` is to be called. UINT64_MAX: never.
  std::uint64_t due_ms() const { return child_ ? overdue_ms_ : state_.due_ms(); }

  // Starts a check that is due. A verdict only where that has failed; then `why` says it.
  Verdict turn(const Places& places, CString name, const FirstProcess& first, std::uint64_t now, TextWriter& why);

  // Whether a child that has ended was ours; then `verdict`, and `why` (cleared first) says how the check went when it
  // was not good, also when that changes nothing.
  bool child_ended(pid_t pid, std::uint64_t now, Verdict& verdict, TextWriter& why);

  // Before it is frozen: a check that runs is broken off and forgotten.
  void pause();
  void resume(std::uint64_t now);

  // The container ends, or is on its way to: a check that runs is killed, and the container's cgroup takes the rest
  // with it. Its child is still to be reaped, as a stranger.
  void stop();

 private:
  HealthState state_;
  std::uint64_t overdue_ms_ = UINT64_MAX;
  Fd child_;   // pidfd of the check that runs
  Fd report_;  // its word; closed: it is to end
  pid_t pid_ = 0;
};

}  // namespace microctr

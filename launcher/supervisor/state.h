// The state of a container as every command sees it: plain data without text of its own, so that a supervisor can hold
// a thousand.
#pragma once

#include <sys/types.h>

#include <cstdint>

#include "launcher/base/literal.h"
#include "launcher/supervisor/health.h"

namespace microctr {

enum class Phase : std::uint8_t {
  waiting,   // for containers before it, or for a path
  starting,  // its process is on its way
  running,
  stopping,
  delayed,  // it has failed and starts again in a moment
  exited,
  failed,  // given up, or its owner was killed with it
};

Literal phase_name(Phase phase);
constexpr bool has_ended(Phase phase) { return phase == Phase::exited || phase == Phase::failed; }

struct State {
  Phase phase = Phase::starting;
  bool foreground = false;        // owned by a `run`
  pid_t owner = 0;                // process that supervises it
  pid_t pid = 0;                  // first process, as the host sees it; 0: none
  std::uint64_t pid_started = 0;  // its start time in clock ticks since boot (proc(5), stat field 22)
  uid_t creator = 0;
  std::int64_t created = 0;  // wall clock, seconds
  std::int64_t ended = 0;
  std::int64_t started = 0;  // the last time
  int status = 0;            // of the last end: exit status, or 128 + signal
  unsigned restarts = 0;     // after failures, since it last ran for long
  bool ready = false;
  bool paused = false;
  bool stop_asked = false;  // by the user: no policy starts it again
  Health health = Health::none;
};

}  // namespace microctr

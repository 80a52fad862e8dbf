// The state of a container as every command sees it: plain data without text of its own, so that a supervisor can hold
// a thousand.
#pragma once

#include <sys/types.h>

#include <cstdint>

#include "launcher/base/literal.h"

namespace microctr {

enum class Phase : std::uint8_t { starting, running, stopping, exited, failed };

Literal phase_name(Phase phase);

struct State {
  Phase phase = Phase::starting;
  bool foreground = false;        // owned by a `run`
  pid_t owner = 0;                // process that supervises it
  pid_t pid = 0;                  // first process, as the host sees it; 0: none
  std::uint64_t pid_started = 0;  // its start time in clock ticks since boot (proc(5), stat field 22)
  uid_t creator = 0;
  std::int64_t created = 0;  // wall clock, seconds
  std::int64_t ended = 0;
  int status = 0;  // exit status, when exited
};

}  // namespace microctr

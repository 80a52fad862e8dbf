// The one place where a start is prepared: request → Spec → ValidSpec → Plan, in fixed storage that is used again for
// the next one.
//
// A Workbench is large and static; a process has one. What it holds is valid until the next `prepare`.
#pragma once

#include "launcher/plan/plan.h"
#include "launcher/supervisor/request.h"

namespace microctr {

struct Workbench {
  char storage[limits::plan_text];
  Arena arena{{static_cast<char*>(storage), sizeof storage}};
  Spec spec;
  Origins origins;
  Diagnostics diagnostics;
  HostFacts facts;
  Plan plan;
};

Workbench& workbench();
// Gives its memory back, and that of the prepared seccomp program; all that it held is gone.
void forget_workbench();

// Only reads and validates: fills spec, origins, diagnostics. False: see diagnostics.
bool read_request(const StartRequest& request, Workbench& bench);

// After read_request: probes the machine and plans.
Result<void> plan_request(const Places& places, Workbench& bench);

// All diagnostics, a line each, and how many more there were.
void write_diagnostics(const Diagnostics& diagnostics, TextWriter& text);

}  // namespace microctr

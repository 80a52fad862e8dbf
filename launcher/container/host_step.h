// The steps that the launcher does itself: before the process exists, and while it waits at its gate.
#pragma once

#include "launcher/container/launch.h"

namespace microctr {

// A step of Side::host other than clone. Called under the runtime lock.
Result<void> do_host_step(LaunchContext& context, const Step& step);

// A step of Side::gate, on the process `pid`.
Result<void> do_gate_step(LaunchContext& context, const Step& step, pid_t pid);

}  // namespace microctr

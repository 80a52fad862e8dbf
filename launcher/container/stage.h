// The stage: what the launcher mounts in the mount namespace of a process that waits at its gate (Side::stage).
//
// The launcher enters that namespace as the host's root, mounts, and comes back: nothing of it is seen outside, and it
// goes with the process. The process then is in a user namespace that could not do the same (plan_stage.cpp says why).
// Nothing of the container runs meanwhile. It must not be used for a path that the container chooses: those are the
// process's own, which resolves them below its root.
#pragma once

#include "launcher/container/launch.h"

namespace microctr {

// All steps of Side::stage, in order. `context.failed` says at which one an error came up. The launcher is in its own
// mount namespace, root and working directory again in any case.
Result<void> do_stage_steps(LaunchContext& context, const sys::Child& child);

}  // namespace microctr

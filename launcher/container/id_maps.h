// Writes the maps of a process's user namespace from outside, while it waits at its gate.
#pragma once

#include "launcher/container/launch.h"

namespace microctr {

// As whoever may: root and the single map by themselves, other maps of an ordinary user by newuidmap(1) and
// newgidmap(1). EPERM: this caller may not.
Result<void> write_id_maps(const LaunchContext& context, pid_t pid);

}  // namespace microctr

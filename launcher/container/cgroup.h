// Cgroups as directories: make, enable controllers, write, kill, remove. v1 and v2.
//
// All of it under the runtime lock, since the last container removes what the first one made.
#pragma once

#include "launcher/base/cstring.h"
#include "launcher/base/result.h"
#include "launcher/container/journal.h"
#include "launcher/plan/plan.h"

namespace microctr {

Result<void> make_cgroup(const Step& step, Journal& journal);

// Enables what is not enabled yet and remembers it in `runtime`, so that the last container disables it again.
Result<void> enable_controllers(const Step& step, CString runtime, Journal& journal);
// Whether there is anything of that to disable.
bool has_enabled_controllers(CString runtime);
Result<void> disable_controllers(CString runtime);

Result<void> copy_cgroup_value(const Step& step);
// Gives a v2 cgroup to `user`: the directory and the files that may be handed over (cgroup-v2, "Model of Delegation").
Result<void> hand_over_cgroup(CString directory, std::uint32_t user, std::uint32_t group);

Result<void> join_cgroup(CString directory, pid_t pid);

// SIGKILL to every process in the cgroup: cgroup.kill where the kernel has it (5.14), else one by one until none is
// left, with v1's freezer frozen meanwhile; also where all are frozen already. Missing directory: success.
Result<void> kill_cgroup(CString directory);

// Removes an empty cgroup; waits, bounded, for its last process to be gone. EBUSY while somebody is in it.
Result<void> remove_cgroup(CString directory);

}  // namespace microctr

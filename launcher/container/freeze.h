// Pause: all processes of a container stand still, and go on; and the end of all of them at once.
//
// By the cgroups in the journal of its record: cgroup.freeze of v2 (Linux 5.2), else v1's freezer. Whoever calls needs
// no more than the path of the record. A frozen process cannot answer anything: whoever asks it to end thaws it too.
#pragma once

#include <cstdint>

#include "launcher/base/cstring.h"
#include "launcher/base/result.h"

namespace microctr {

enum class Freeze : bool { thaw, freeze };

inline constexpr std::uint64_t freeze_timeout_ms = 500;  // a process in the kernel may take its time

// Waits until they stand still, at most `timeout_ms`; then they are thawed again, and the error is EAGAIN. Thawing
// waits for nothing. ENOTSUP: the container is in no cgroup that can be frozen. Frozen already, or thawed: success.
Result<void> set_frozen(CString record, Freeze wanted, std::uint64_t timeout_ms);

// False as well where nothing can be frozen.
Result<bool> is_frozen(CString record);

// SIGKILL to every process in the container's cgroups, also frozen ones (kill_cgroup). Returns the first error.
Result<void> kill_members(CString record);

}  // namespace microctr

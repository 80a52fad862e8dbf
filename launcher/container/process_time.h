// Tells a process from a later one with its number: by its start time.
#pragma once

#include <sys/types.h>

#include "launcher/base/fd.h"
#include "launcher/base/result.h"

namespace microctr {

// In clock ticks since boot (proc(5), stat field 22). Error: it is gone.
Result<std::uint64_t> process_start_time(pid_t pid);

// Whether the process of that start time still runs, and is not only a zombie.
bool is_running(pid_t pid, std::uint64_t started);

// A pidfd of it. ESRCH: it has ended, whoever has the number now.
Result<Fd> open_process_of(pid_t pid, std::uint64_t started);

}  // namespace microctr

// One health check, in a process of its own: everything about it that takes time or could hang.
//
// The supervisor forks it, and hears from it once: CheckReport. It reads the container's configuration from the record,
// lets a child of it join the container as `exec` does and run the command, waits for that with a limit, and then kills
// whatever is left of the command. For that the command runs in a cgroup of its own below the container's, which is
// removed at the end. Where the container has no cgroup (an unprivileged user to whom none was delegated), the process
// and its group are killed; what left the group stays until the container ends.
//
// A connection that closes at the supervisor's side, also by its death, ends the check.
#pragma once

#include "launcher/base/fd.h"
#include "launcher/base/places.h"
#include "launcher/supervisor/health.h"
#include "launcher/supervisor/ready_socket.h"

namespace microctr {

inline constexpr std::size_t check_output_size = 256;  // the last bytes of the command's output

struct CheckReport {
  CheckResult result = CheckResult::could_not_run;
  std::uint16_t size = 0;  // of `why`
  char why[444] = {};      // one line: how it ended and what it said; empty for a good one
};

struct CheckOrder {
  const Places& places;
  CString name;
  FirstProcess first;
  std::uint32_t timeout_ms = 0;
};

// In the new process. `report`: our end of a SOCK_SEQPACKET pair.
[[noreturn]] void run_check(const CheckOrder& order, int report);

}  // namespace microctr

// `run`: one container in the foreground, as a well-behaved child of whatever init supervises us.
#pragma once

#include "launcher/supervisor/session.h"

namespace microctr {

// Standard streams pass through, signals are forwarded, everything is undone at the end. Returns the exit status of
// the container's program; false: `failure` says why it did not start.
bool run_foreground(const Places& places, Workbench& bench, std::string_view config, int& status, Failure& failure);

}  // namespace microctr

// Finds and reads the configuration that an argument names: a file, or a name below /etc/microctr/containers, or what
// a record kept.
#pragma once

#include "launcher/cli/invocation.h"
#include "launcher/supervisor/request.h"
#include "launcher/supervisor/session.h"

namespace microctr {

// Fills `request` with views into static storage that the next call uses again. False: `failure` says why; its status
// is 2 for a file that cannot be used and 1 for an unknown name.
bool load_config(const Invocation& invocation, CString argument, StartRequest& request, Failure& failure);

// The configuration that the container `name` was last started with.
bool load_recorded_config(const Places& places, CString name, StartRequest& request, Failure& failure);

// Loads, reads and validates into the workbench. False: `failure` says why; without a text its diagnostics do.
bool load_and_read(const Invocation& invocation, CString argument, StartRequest& request, Failure& failure);

// The same, and prints every diagnostic.
bool load_and_check(const Invocation& invocation, CString argument, StartRequest& request, Failure& failure);

}  // namespace microctr

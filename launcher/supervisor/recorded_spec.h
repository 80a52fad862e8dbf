// The configuration that a container was started with, read from its record again, so that nothing of it need be kept
// for each container.
#pragma once

#include "launcher/supervisor/workbench.h"

namespace microctr {

// Into the workbench: spec, not yet planned. False: the record does not hold one.
bool read_recorded_spec(const Places& places, CString name, Workbench& bench);

}  // namespace microctr

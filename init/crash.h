// What happens when process 1 itself fails: it says where on the console, and the machine starts again.
//
// The kernel would panic when process 1 ended, and tell nothing of it. The report is made and the disks are synced by
// children, so that a console or a disk that hangs does not hold the end up. It must not call anything that the
// supervisor's state could have broken.
#pragma once

#include "launcher/base/literal.h"
#include "launcher/spec/machine.h"

namespace microctr {

void catch_crashes();
void set_crash_action(CrashAction action);
void set_phase(Literal phase);  // what process 1 is at, for the report

}  // namespace microctr

// The machine's way down: remaining processes, disks, power. Bounded in time; nothing can hold it up.
#pragma once

#include "launcher/supervisor/supervisor.h"

namespace microctr {

// Containers have been stopped by the supervisor before. Never returns on a machine; on an error of reboot(2) it does.
void shut_down(Ending ending);

}  // namespace microctr

// The machine's way down: remaining processes, clock, disks, power. Every wait has its share of what is left until the
// deadline; nothing can hold it up longer.
//
// Containers have been stopped by the supervisor before. What can hang is done in children.
#pragma once

#include "init/clock.h"
#include "init/watchdog.h"
#include "launcher/supervisor/supervisor.h"

namespace microctr {

struct Shutdown {
  Ending ending = Ending::reboot;
  std::uint64_t deadline_ms = 0;  // on the monotonic clock
  Watchdog& watchdog;
  KeptClock& clock;
};

// Never returns on a machine; on an error of reboot(2) it does.
void shut_down(const Shutdown& shutdown);

}  // namespace microctr

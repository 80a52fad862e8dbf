// When the machine cannot work: a shell on the console for whoever stands before it, or a restart where there is none.
#pragma once

#include "init/watchdog.h"

namespace microctr {

// After what is wrong has been said. Without a console in init.conf /dev/console gets the shell; where each is `none`,
// or when the shell ends, the machine starts again after ten seconds.
[[noreturn]] void run_emergency(const Machine& machine, Watchdog& watchdog);

}  // namespace microctr

// logs -f: prints what is written from now on, over files that make room, restarts of the container and of its
// supervisor. Woken by inotify and by the end of the first process; nothing is looked at from time to time.
#pragma once

#include "launcher/base/fd.h"
#include "launcher/base/places.h"
#include "launcher/cli/log_printer.h"

namespace microctr {

struct LogFiles {
  CString path;
  std::uint32_t count = 1;
};

// From `offset` of `newest` on, which may be none; until the container's record is removed, it has ended for good, or
// it has ended while nobody supervised it. A supervisor that has died leaves it running: the next one goes on.
Result<void> follow_log(const Places& places, CString name, const LogFiles& files, Fd newest, std::uint64_t offset,
                        LogPrinter& printer);

}  // namespace microctr

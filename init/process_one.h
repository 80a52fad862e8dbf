// Process 1: brings the machine up, supervises its containers, brings it down.
#pragma once

#include <optional>

#include "launcher/base/cstring.h"

namespace microctr {

// `handed_over`: this program has taken the place of another one in the same process, which ran the machine, and this
// is the number of the descriptor of what it left (handover.h). Nothing is mounted, loaded or configured again then.
[[noreturn]] void run_process_one(std::optional<CString> handed_over);

}  // namespace microctr

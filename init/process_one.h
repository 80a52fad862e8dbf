// Process 1: brings the machine up, supervises its containers, brings it down.
#pragma once

#include <optional>

#include "launcher/base/cstring.h"

namespace microctr {

// `resume`: this program has taken the place of another one in the same process, which ran the machine, and these are
// the words that it left (MachineHeart::write_resume). Nothing is mounted, loaded or configured again then.
[[noreturn]] void run_process_one(std::optional<CString> resume);

}  // namespace microctr

// The last call: the container's program takes the place of our process.
#pragma once

#include "launcher/container/environment.h"
#include "launcher/container/filter.h"
#include "launcher/container/sealed_program.h"

namespace microctr {

// Executes words[0] with `words`: directly when it has a slash, else along the environment's PATH. `sealed` is the
// descriptor of the sealed program through which that is done, or -1; a reaper needs it. A filter at exec is loaded
// once there is something to execute. Returns only the error: ENOENT not found, EACCES found but not executable.
Failed execute_words(std::span<const CString> words, const Environment& environment, int sealed, Filter filter,
                     Reaper reaper = Reaper::no);

}  // namespace microctr

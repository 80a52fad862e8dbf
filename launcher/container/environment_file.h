// Environment files: NAME=VALUE lines; empty lines and # comments are skipped, values are taken as they stand.
#pragma once

#include "launcher/base/arena.h"
#include "launcher/base/fixed_vector.h"
#include "launcher/base/limits.h"
#include "launcher/plan/plan.h"

namespace microctr {

using FileEnvironment = FixedVector<CString, limits::environment>;

// The first word where there is a terminal: what terminfo knows everywhere.
inline constexpr CString default_terminal = "TERM=xterm";

// Adds what the file of a read_environment step holds; text is kept in `arena`. An optional file may be missing.
Result<void> read_environment_file(const Step& step, Arena& arena, FileEnvironment& variables);

}  // namespace microctr

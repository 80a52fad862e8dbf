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

// What all of them held at the start is kept in `record`, readable by its owner only: who joins later has the same
// environment, also when a file has changed or gone. Where there is none (more than limits::environment_text together,
// or the start of an older program) the files are read again.
Result<void> keep_environment(CString record, const FileEnvironment& variables);
Result<void> read_kept_environment(const Plan& plan, CString record, Arena& arena, FileEnvironment& variables);

}  // namespace microctr

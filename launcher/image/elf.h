// Whether a file is a static ELF program of the machine that we were built for.
//
// Reads the file's first bytes and its program headers, nothing else; every offset in it is hostile until it is
// checked against the file's size. It does not judge what the program is or does.
#pragma once

#include "launcher/base/result.h"

namespace microctr {

// `descriptor` is a regular file open for reading.
// Errors: ENOEXEC not ELF, for another machine, word size or byte order, not a program, or cut short; EINVAL it names
// an interpreter (PT_INTERP, see elf(5)), so it is dynamically linked.
Result<void> check_static_program(int descriptor);

}  // namespace microctr

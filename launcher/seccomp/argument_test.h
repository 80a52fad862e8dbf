// Instructions for the tests of arguments. The kernel shows an argument as 64 bits in the byte order of the machine,
// and a filter sees 32 of them at a time.
#pragma once

#include <span>

#include "launcher/seccomp/assembler.h"
#include "launcher/seccomp/policy.h"

namespace microctr::seccomp {

// Goes to `yes` when all of `tests` hold, else to `no`. `before` is the test that was executed right before and failed,
// if it was one alone: its word may be loaded still. There is at least one test.
Label put_tests(Assembler& out, std::span<const Test> tests, const Test* before, Label yes, Label no);

}  // namespace microctr::seccomp

#include "launcher/base/sys_call.h"

namespace microctr::sys {

// Shared tails of all calls: inlined they would stand a hundred times in the program.
[[gnu::noinline]] Result<void> done(long result, Phrase what, CString subject) {
  if (result < 0) return fail(static_cast<int>(-result), what, subject);
  return {};
}

[[gnu::noinline]] Result<std::size_t> counted(long result, Phrase what) {
  if (result < 0) return fail(static_cast<int>(-result), what);
  return static_cast<std::size_t>(result);
}

[[gnu::noinline]] Result<Descriptor> opened(long result, Phrase what, CString subject) {
  if (result < 0) return fail(static_cast<int>(-result), what, subject);
  return Descriptor{static_cast<int>(result)};
}

}  // namespace microctr::sys

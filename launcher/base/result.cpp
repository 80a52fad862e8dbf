#include "launcher/base/result.h"

#include "launcher/base/bytes.h"

#include <algorithm>
#include <cstring>
#include <new>

namespace microctr {

namespace {

alignas(Error) Bytes<error_ring_size * sizeof(Error)> ring;  // zero pages until the first error
std::size_t next = 0;

// The subject is mostly a path that the failing function has put together on its stack.
char subjects[error_subjects_size];
std::size_t next_subject = 0;

CString keep(CString subject) {
  const std::size_t size = std::min(subject.size(), sizeof subjects - 1);
  if (size >= sizeof subjects - next_subject) next_subject = 0;
  char* const kept = subjects + next_subject;
  std::memcpy(kept, subject.c_str(), size);
  kept[size] = '\0';
  next_subject += size + 1;
  return CString::from_pointer(kept);
}

}  // namespace

// Each of them is one call of few arguments at hundreds of places: they must not be inlined there.
[[gnu::noinline]] Failed fail(int code, Phrase what, CString subject, Phrase hint) {
  void* const place = ring + next * sizeof(Error);
  next = (next + 1) % error_ring_size;
  return Failed::known(new (place) Error{code, what, subject.empty() ? subject : keep(subject), hint});
}

[[gnu::noinline]] Failed fail(int code, Phrase what, CString subject) { return fail(code, what, subject, {}); }
[[gnu::noinline]] Failed fail(int code, Phrase what) { return fail(code, what, {}, {}); }

Failed Error::about(CString thing) const { return fail(code, what, thing, hint); }
Failed Error::with_hint(Phrase advice) const { return fail(code, what, subject, advice); }
Failed Error::doing(Phrase action) const { return fail(code, action, subject, hint); }

}  // namespace microctr

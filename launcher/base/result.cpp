#include "launcher/base/result.h"

#include <new>

namespace microctr {

namespace {

alignas(Error) char ring[error_ring_size * sizeof(Error)];  // zero pages until the first error
std::size_t next = 0;

}  // namespace

Failed::Failed(const Error& error) : error_(new (ring + next * sizeof(Error)) Error(error)) {
  next = (next + 1) % error_ring_size;
}

Failed last_error(Literal what, CString subject) { return Failed(Error{errno, what, subject, {}}); }

}  // namespace microctr

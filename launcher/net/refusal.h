// Says in the operator's words which message the kernel refused, and what helps. Pure.
#pragma once

#include "launcher/net/netlink_socket.h"

namespace microctr::netlink {

// `batch` is the one that was sent; its message says what was wanted. `subject` outlives the Error.
Error explain_refusal(const Batch& batch, const Refusal& refusal, CString subject);

}  // namespace microctr::netlink

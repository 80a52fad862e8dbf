// Says in the operator's words why the kernel refused a firewall transaction, and what helps. Pure.
//
// A kernel without something that our table needs answers with many numbers (a table's missing family, a chain's
// missing type, a missing expression); here they all become EOPNOTSUPP, so that ENOENT is left for what is missing in
// the table, which the caller can make anew.
#pragma once

#include "launcher/net/netlink_socket.h"

namespace microctr::firewall {

Error explain_refusal(const netlink::Batch& batch, const netlink::Refusal& refusal);

// An error of opening the socket or of sending.
Failed explain_failure(const Error& error);

}  // namespace microctr::firewall

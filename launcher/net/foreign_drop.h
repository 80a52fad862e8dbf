// Looks for a table of somebody else that drops what our containers forward, so that `start` can say so.
//
// An accept in our table cannot overrule a drop in another one: every base chain of a hook sees the packet. Nothing
// is changed here. What chains hold is not read, their policy alone: a table that drops and then accepts our subnets
// is reported as well.
#pragma once

#include "launcher/base/text.h"
#include "launcher/net/nf_tables.h"

namespace microctr {

// The first base chain of type filter on hook forward with policy drop: true, and `where` says
// `table ip filter, chain FORWARD`. False also when the kernel has no nf_tables. Chains of the older iptables (those of
// ip_tables, which iptables-legacy writes) are not seen. Errors: EPERM; EINTR somebody keeps changing the ruleset.
Result<bool> find_foreign_drop(TextWriter& where);

// The same of one chain. Pure.
bool is_foreign_drop(const nf_tables::BaseChain& chain);

}  // namespace microctr

// Says on standard error when another firewall will drop what our containers send and receive.
#pragma once

#include "launcher/spec/spec.h"

namespace microctr {

// An accept of ours cannot overrule it. `name`: the container, or empty.
void warn_of_drop(CString name);

// Whether packets are led to or from the container by the host.
bool is_forwarded(const Network& network);

}  // namespace microctr

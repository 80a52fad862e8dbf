// The undo of claim_network and of what followed it, from the register alone. May be run twice.
#pragma once

#include "launcher/net/lease.h"

namespace microctr {

// Takes back what `container` has of the machine's network: published ports, masqueraded subnets, addresses; bridges,
// the firewall and the kernel's switches when it was the last that needed them. With Keep::yes its addresses stay
// reserved for it. Its links go with its network namespace and are not waited for, unless another container is still in
// there. The first error; what could not be undone stays in the register. The caller holds the RuntimeLock.
Result<void> release_network(CString runtime, CString container, Keep keep);

}  // namespace microctr

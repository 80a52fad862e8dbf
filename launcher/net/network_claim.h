// Claiming: everything of the machine's network that a container needs is written into the register before it is done,
// so that no two containers get the same, and whoever comes next can undo it.
//
// The deeds follow, each by its own step: network_deeds.h. The undo of all of it is network_release.h. The caller
// holds the RuntimeLock from the claim to the last deed.
#pragma once

#include "launcher/net/netlink_socket.h"
#include "launcher/net/network_state.h"
#include "launcher/net/register.h"
#include "launcher/plan/plan.h"

namespace microctr {

// Completes `state` (addresses, gateways) and adds the container's lines to the register, which is on disk when this
// returns. Errors: EADDRINUSE an address, a subnet or a port is another's (`subject` says whose); ENODEV no such link;
// ENOSPC no address is left; EEXIST a link of the bridge's name is there, and not ours.
Result<void> claim_network(const Plan& plan, netlink::NetlinkSocket& socket, Register& entries, NetworkState& state);

}  // namespace microctr

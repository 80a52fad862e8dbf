// The network's steps of a start: what the register, the links, the firewall and the ports need, in the plan's order.
//
// What is done on the host is in the register and the journal before it is done; sockets and helpers that live as long
// as the container are in its NetworkHoldings, which its session owns.
#pragma once

#include "launcher/container/launch.h"

namespace microctr {

// Addresses and gateways as far as the plan knows them.
void prepare_network(LaunchContext& context);

// One of the network's host or gate steps; `pid` is 0 on the host's side.
Result<void> do_network_step(LaunchContext& context, const Step& step, pid_t pid);

// The network namespace of `peer`. ESRCH: it has ended, whoever has its number now.
Result<Fd> open_network_of(const PeerProcess& peer);

// Binds the ports that `spec` publishes, of the families that its lines in the register have.
Result<void> hold_published(const Spec& spec, const Register& entries, HeldPorts& ports);

// Loopback, links, addresses and routes, in the network namespace of `socket`.
Result<void> configure_network(const Plan& plan, const NetworkState& state, netlink::NetlinkSocket& socket);

}  // namespace microctr

// Which address a container on a bridge has: reserved in the register, chosen where the configuration says none.
//
// An address of a bridge belongs to one container at a time. A chosen one is the first free one from a place that the
// container's name gives, so that it is the same after a restart of the machine too, unless another container was there
// first. After the container's end it stays reserved ("kept") until the container is removed, or until the bridge has
// no other address left. Pure but for the register's own storage: nothing here makes a system call.
#pragma once

#include "launcher/net/network_state.h"
#include "launcher/net/register.h"

namespace microctr {

struct LeaseWish {
  CString bridge;  // "-": none, and nobody else has its addresses
  CString container;
  CString interface;
  std::span<const Address> bridge_addresses = {};  // of a bridge of ours, with prefix: chosen from their subnets
  std::span<const Address> addresses = {};         // of the configuration; empty: chosen
  std::span<const CString> aliases = {};
  bool dynamic = false;    // a DHCP server gives it
  std::size_t number = 0;  // of the interface
};

// Adds the container's `lease` line, takes its kept one away, and gives its addresses. Errors: EADDRINUSE: another
// container has the address (`subject` says which); ENOSPC: every address of the subnet is in use.
Result<void> lease_addresses(const LeaseWish& wish, Register& entries, FixedVector<Address, limits::addresses>& given);

// The leases of the container become kept ones, or go.
enum class Keep : bool { no, yes };
Result<void> end_leases(CString container, Keep keep, Register& entries);

}  // namespace microctr

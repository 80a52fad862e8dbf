// The rules of the firewall: what the table `inet microctr` holds before the first container, and its sets' names.
//
// A container's start adds elements to these sets and maps, never a rule; so it costs what its own ports cost, and
// its end needs to remember no handle. `nft list table inet microctr` shows all of it. Only packets to our subnets,
// with forged addresses of theirs, and with loopback addresses from our links are ever dropped. Pure: writes messages
// into a batch.
#pragma once

#include "launcher/net/nf_tables.h"

namespace microctr::firewall {

enum class SetName : std::uint8_t {
  port4,      // protocol, port of every host address → address and port inside
  hostport4,  // host address, protocol, port → address and port inside
  subnet4,    // masqueraded
  port6,
  hostport6,
  subnet6,
  link,  // links with route_localnet
};
CString set_name(SetName set);

// The set of the same kind for IPv6.
constexpr SetName for_ipv6(SetName set4) { return static_cast<SetName>(static_cast<unsigned>(set4) + 3); }
static_assert(for_ipv6(SetName::port4) == SetName::port6 && for_ipv6(SetName::subnet4) == SetName::subnet6);

inline constexpr std::size_t link_key_size = 16;  // IFNAMSIZ

// Chains, sets and rules of an empty table.
void add_ruleset(netlink::Batch& batch);

}  // namespace microctr::firewall

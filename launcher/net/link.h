// rtnetlink messages about links, addresses and routes, each added to a batch (rtnetlink(7)).
//
// Pure: nothing here makes a system call. Links are named by index wherever the message follows another one of the
// same batch: the kernel does not stop at a refused message, and an index that exists only when the creation
// succeeded keeps the rest of the batch from touching a link of somebody else.
#pragma once

#include <sys/types.h>

#include "launcher/net/netlink.h"
#include "launcher/spec/spec.h"

namespace microctr::netlink {

inline constexpr std::uint32_t loopback_index = 1;  // in every network namespace (LOOPBACK_IFINDEX of the kernel)

// A network namespace: that of a process, or an open one.
struct Target {
  pid_t process = 0;
  int descriptor = -1;  // when it is not negative
};

struct NewLink {
  CString name;
  std::uint32_t index = 0;
  const HardwareAddress* mac = nullptr;  // null: the kernel chooses
  std::uint32_t mtu = 0;                 // 0: the kernel chooses
};

struct VethPair {
  NewLink host;
  NewLink inside;  // born in `target`
  Target target;
  std::uint32_t master = 0;  // the bridge that the host's end is a port of; 0: none
};

// The host's end is up at once. Its counterpart cannot be: the kernel opens it before the two know each other.
void add_veth(Batch& batch, const VethPair& pair);

// A port of a bridge sends frames back to where they came from. Needed where the bridge hands its frames to netfilter
// (br_netfilter) and a container reaches itself by a published port: rewritten there, the frame is bridged, not routed.
void add_port_hairpin(Batch& batch, std::uint32_t index);

// A bridge, up. Spanning tree is off, so that its ports forward at once.
void add_bridge(Batch& batch, const NewLink& bridge);
// A macvlan or ipvlan (`kind`) on the link `parent` of the host, born in `target`. Macvlans of one parent see each
// other (bridge mode); the kernel keeps both kinds from talking to the host's own addresses on the parent.
void add_link_on(Batch& batch, CString kind, std::uint32_t parent, const NewLink& link, Target target);
// Moves a link with its settings, but without its addresses, to `target`, under another name.
void add_link_move(Batch& batch, std::uint32_t index, CString name, Target target);
void add_link_settings(Batch& batch, const NewLink& link);  // hardware address and MTU, of what is not up
void add_link_up(Batch& batch, std::uint32_t index);
void add_link_master(Batch& batch, std::uint32_t index, std::uint32_t bridge);
void add_link_alias(Batch& batch, std::uint32_t index, std::string_view alias);  // at most 255 characters
// The link makes itself no link-local IPv6 address, so that it asks and tells nobody about one. Before it is up.
// Refused (EAFNOSUPPORT) by a kernel without IPv6, and for a link whose MTU is below 1280.
void add_link_mute(Batch& batch, std::uint32_t index);
void add_link_query(Batch& batch, CString name);
void add_link_deletion(Batch& batch, std::uint32_t index);

// IPv4 with its broadcast address where the subnet has one; IPv6 without duplicate address detection, so that it can
// be used at once (a pair's two ends are ours alone).
void add_address(Batch& batch, std::uint32_t index, const Address& address);
void add_address_deletion(Batch& batch, std::uint32_t index, const Address& address);

enum class GatewayReach : std::uint8_t {
  by_subnet,  // one of the interface's addresses has the gateway in its subnet
  on_link,    // the gateway answers on the link although no subnet says so (/32 and /128 addresses)
};
void add_default_route(Batch& batch, std::uint32_t index, const Address& gateway, GatewayReach reach);
// Changes nothing: the kernel's answer is EEXIST when this very route is there, else ENOENT.
void add_default_route_probe(Batch& batch, std::uint32_t index, const Address& gateway, GatewayReach reach);
void add_default_route_deletion(Batch& batch, std::uint32_t index);  // IPv4; by whatever gateway

// All links, each an answer that read_link reads.
void add_links_query(Batch& batch);

// All routes of a family (AF_INET, AF_INET6), of every table.
void add_route_query(Batch& batch, std::uint8_t family);

// What an answer to add_link_query or add_links_query says.
struct LinkAnswer {
  std::uint32_t index = 0;
  std::uint32_t mtu = 0;
  bool is_up = false;
  std::uint32_t master = 0;  // the bridge that it is a port of; 0: none
  HardwareAddress mac = {};
  std::string_view alias = {};  // a view into the answer
};
std::optional<LinkAnswer> read_link(const Message& message);

// The subnet that a route leads to; nothing for a default route, or a message that is no route.
std::optional<Address> read_route(const Message& message);

}  // namespace microctr::netlink

#include "launcher/net/link.h"

#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <sys/socket.h>

#include <cstring>

#include "launcher/spec/address.h"

namespace microctr::netlink {
namespace {

// IFF_UP. Its two headers, linux/if.h and net/if.h, exclude each other, and musl's users may have included either.
constexpr unsigned flag_up = 1;

ifinfomsg link_header(std::uint32_t index) {
  ifinfomsg header = {};
  header.ifi_family = AF_UNSPEC;
  header.ifi_index = static_cast<int>(index);
  return header;
}

ifinfomsg link_header_up(std::uint32_t index) {
  ifinfomsg header = link_header(index);
  header.ifi_flags = flag_up;
  header.ifi_change = flag_up;
  return header;
}

std::string_view bytes_of(const Address& address) {
  return {reinterpret_cast<const char*>(address.bytes), address_bits(address) / 8};
}

// The last address of an IPv4 subnet. RFC 3021: subnets of one or two addresses have no broadcast address.
void add_broadcast(Batch& batch, const Address& address) {
  if (address.family != AF_INET || address.prefix > 30) return;
  Address broadcast = address;
  for (unsigned at = address.prefix; at < 32; ++at) {
    broadcast.bytes[at / 8] = static_cast<std::uint8_t>(broadcast.bytes[at / 8] | 0x80U >> at % 8);
  }
  batch.add(IFA_BROADCAST, bytes_of(broadcast));
}

std::string_view bytes_of(const HardwareAddress& address) {
  return {reinterpret_cast<const char*>(address.bytes), sizeof address.bytes};
}

void add_target(Batch& batch, Target target) {
  if (target.descriptor >= 0) return batch.add_number(IFLA_NET_NS_FD, static_cast<std::uint32_t>(target.descriptor));
  batch.add_number(IFLA_NET_NS_PID, static_cast<std::uint32_t>(target.process));
}

void add_shape(Batch& batch, const NewLink& link) {
  if (!link.name.empty()) batch.add_text(IFLA_IFNAME, link.name);
  if (link.mac != nullptr) batch.add(IFLA_ADDRESS, bytes_of(*link.mac));
  if (link.mtu != 0) batch.add_number(IFLA_MTU, link.mtu);
}

// Begins a new link; what it is made of, and end_link, follow.
std::size_t begin_link(Batch& batch, const ifinfomsg& header, const NewLink& link, CString kind) {
  batch.begin(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL);
  batch.add_fixed(header);
  add_shape(batch, link);
  const std::size_t information = batch.begin_nested(IFLA_LINKINFO | NLA_F_NESTED);
  batch.add_text(IFLA_INFO_KIND, kind);
  return information;
}

}  // namespace

void add_veth(Batch& batch, const VethPair& pair) {
  const std::size_t information = begin_link(batch, link_header_up(pair.host.index), pair.host, "veth");
  const std::size_t data = batch.begin_nested(IFLA_INFO_DATA | NLA_F_NESTED);
  const std::size_t peer = batch.begin_nested(VETH_INFO_PEER);  // a structure first: not NLA_F_NESTED
  batch.add_fixed(link_header(pair.inside.index));
  add_shape(batch, pair.inside);
  add_target(batch, pair.target);
  batch.end_nested(peer);
  batch.end_nested(data);
  batch.end_nested(information);
  if (pair.master != 0) batch.add_number(IFLA_MASTER, pair.master);
}

void add_port_hairpin(Batch& batch, std::uint32_t index) {
  ifinfomsg header = link_header(index);
  header.ifi_family = AF_BRIDGE;
  batch.begin(RTM_SETLINK, 0);
  batch.add_fixed(header);
  const std::size_t port = batch.begin_nested(IFLA_PROTINFO | NLA_F_NESTED);
  constexpr char on = 1;
  batch.add(IFLA_BRPORT_MODE, {&on, 1});
  batch.end_nested(port);
}

void add_bridge(Batch& batch, const NewLink& bridge) {
  batch.end_nested(begin_link(batch, link_header_up(bridge.index), bridge, "bridge"));
}

void add_link_on(Batch& batch, CString kind, std::uint32_t parent, const NewLink& link, Target target) {
  const std::size_t information = begin_link(batch, link_header_up(link.index), link, kind);
  const std::size_t data = batch.begin_nested(IFLA_INFO_DATA | NLA_F_NESTED);
  if (kind == "macvlan") {
    batch.add_number(IFLA_MACVLAN_MODE, std::uint32_t{MACVLAN_MODE_BRIDGE});
  } else {  // unasked it is layer 3, where nobody on the parent's network finds the address: no ARP is answered
    batch.add_number(IFLA_IPVLAN_MODE, std::uint16_t{IPVLAN_MODE_L2});
  }
  batch.end_nested(data);
  batch.end_nested(information);
  batch.add_number(IFLA_LINK, parent);
  add_target(batch, target);
}

void add_link_move(Batch& batch, std::uint32_t index, CString name, Target target) {
  batch.begin(RTM_SETLINK, 0);
  batch.add_fixed(link_header(index));
  batch.add_text(IFLA_IFNAME, name);
  add_target(batch, target);
}

void add_link_settings(Batch& batch, const NewLink& link) {
  if (link.mac == nullptr && link.mtu == 0) return;
  batch.begin(RTM_SETLINK, 0);
  batch.add_fixed(link_header(link.index));
  add_shape(batch, link);
}

void add_link_up(Batch& batch, std::uint32_t index) {
  batch.begin(RTM_SETLINK, 0);
  batch.add_fixed(link_header_up(index));
}

void add_link_master(Batch& batch, std::uint32_t index, std::uint32_t bridge) {
  batch.begin(RTM_SETLINK, 0);
  batch.add_fixed(link_header(index));
  batch.add_number(IFLA_MASTER, bridge);
}

void add_link_alias(Batch& batch, std::uint32_t index, std::string_view alias) {
  batch.begin(RTM_SETLINK, 0);  // RTM_NEWLINK ignores the alias of a link that it creates (Linux 6.18)
  batch.add_fixed(link_header(index));
  batch.add(IFLA_IFALIAS, alias);  // dev_set_alias() counts a NUL as part of it
}

void add_link_mute(Batch& batch, std::uint32_t index) {
  batch.begin(RTM_SETLINK, 0);  // RTM_NEWLINK ignores IFLA_AF_SPEC of a link that it creates (Linux 6.18)
  batch.add_fixed(link_header(index));
  const std::size_t families = batch.begin_nested(IFLA_AF_SPEC | NLA_F_NESTED);
  const std::size_t family = batch.begin_nested(AF_INET6 | NLA_F_NESTED);
  constexpr char none = IN6_ADDR_GEN_MODE_NONE;
  batch.add(IFLA_INET6_ADDR_GEN_MODE, {&none, 1});
  batch.end_nested(family);
  batch.end_nested(families);
}

static void begin_link_query(Batch& batch, unsigned flags) {
  batch.begin(RTM_GETLINK, flags);
  batch.add_fixed(link_header(0));
  batch.add_number(IFLA_EXT_MASK, std::uint32_t{RTEXT_FILTER_SKIP_STATS});
}

void add_link_query(Batch& batch, CString name) {
  begin_link_query(batch, 0);
  batch.add_text(IFLA_IFNAME, name);
}

void add_links_query(Batch& batch) { begin_link_query(batch, NLM_F_DUMP); }

void add_link_deletion(Batch& batch, std::uint32_t index) {
  batch.begin(RTM_DELLINK, 0);
  batch.add_fixed(link_header(index));
}

static void begin_address(Batch& batch, std::uint16_t type, unsigned flags, std::uint32_t index,
                          const Address& address) {
  ifaddrmsg header = {};
  header.ifa_family = address.family;
  header.ifa_prefixlen = address.prefix;
  header.ifa_flags = address.family == AF_INET6 ? IFA_F_NODAD : 0;
  header.ifa_scope = RT_SCOPE_UNIVERSE;
  header.ifa_index = index;
  batch.begin(type, flags);
  batch.add_fixed(header);
  batch.add(IFA_LOCAL, bytes_of(address));
}

void add_address(Batch& batch, std::uint32_t index, const Address& address) {
  begin_address(batch, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, index, address);
  batch.add(IFA_ADDRESS, bytes_of(address));
  add_broadcast(batch, address);
}

void add_address_deletion(Batch& batch, std::uint32_t index, const Address& address) {
  begin_address(batch, RTM_DELADDR, 0, index, address);
}

namespace {

struct RouteMessage {
  std::uint16_t type;
  std::uint16_t flags;
};

void begin_default_route(Batch& batch, RouteMessage message, std::uint32_t index, int family, GatewayReach reach) {
  rtmsg header = {};
  header.rtm_family = static_cast<std::uint8_t>(family);
  header.rtm_table = RT_TABLE_MAIN;
  header.rtm_protocol = RTPROT_STATIC;
  header.rtm_scope = RT_SCOPE_UNIVERSE;
  header.rtm_type = RTN_UNICAST;
  header.rtm_flags = reach == GatewayReach::on_link ? RTNH_F_ONLINK : 0;
  batch.begin(message.type, message.flags);
  batch.add_fixed(header);
  batch.add_number(RTA_OIF, index);
}

}  // namespace

void add_default_route(Batch& batch, std::uint32_t index, const Address& gateway, GatewayReach reach) {
  begin_default_route(batch, {RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL}, index, gateway.family, reach);
  batch.add(RTA_GATEWAY, bytes_of(gateway));
}

void add_default_route_probe(Batch& batch, std::uint32_t index, const Address& gateway, GatewayReach reach) {
  begin_default_route(batch, {RTM_NEWROUTE, 0}, index, gateway.family, reach);
  batch.add(RTA_GATEWAY, bytes_of(gateway));
}

void add_default_route_deletion(Batch& batch, std::uint32_t index) {
  begin_default_route(batch, {RTM_DELROUTE, 0}, index, AF_INET, GatewayReach::by_subnet);
}

void add_route_query(Batch& batch, std::uint8_t family) {
  rtmsg header = {};
  header.rtm_family = family;
  batch.begin(RTM_GETROUTE, NLM_F_DUMP);
  batch.add_fixed(header);
}

std::optional<LinkAnswer> read_link(const Message& message) {
  const auto header = read_fixed<ifinfomsg>(message.body);
  if (message.type != RTM_NEWLINK || !header || header->ifi_index <= 0) return {};
  LinkAnswer answer = {static_cast<std::uint32_t>(header->ifi_index)};
  answer.is_up = (header->ifi_flags & flag_up) != 0;
  Attributes attributes(message.body, sizeof(ifinfomsg));
  while (const auto attribute = attributes.next()) {
    if (attribute->type == IFLA_IFALIAS) answer.alias = attribute->text();
    if (attribute->type == IFLA_MASTER) answer.master = attribute->number().value_or(0);
    if (attribute->type == IFLA_MTU) answer.mtu = attribute->number().value_or(0);
    if (attribute->type == IFLA_ADDRESS)
      answer.mac = read_fixed<HardwareAddress>(attribute->value).value_or(HardwareAddress());
  }
  if (attributes.malformed()) return {};
  return answer;
}

std::optional<Address> read_route(const Message& message) {
  const auto header = read_fixed<rtmsg>(message.body);
  if (message.type != RTM_NEWROUTE || !header || header->rtm_dst_len == 0) return {};
  Address destination = {header->rtm_family, header->rtm_dst_len, {}};
  if ((destination.family != AF_INET && destination.family != AF_INET6) ||
      destination.prefix > address_bits(destination))
    return {};
  Attributes attributes(message.body, sizeof(rtmsg));
  while (const auto attribute = attributes.next()) {
    if (attribute->type != RTA_DST || attribute->value.size() != address_bits(destination) / 8) continue;
    std::memcpy(destination.bytes, attribute->value.data(), attribute->value.size());
    return destination;
  }
  return {};
}

}  // namespace microctr::netlink

#include "launcher/net/link.h"

#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <sys/socket.h>

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

}  // namespace

void add_veth(Batch& batch, const VethPair& pair) {
  batch.begin(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL);
  batch.add_fixed(link_header_up(pair.host_index));
  batch.add_text(IFLA_IFNAME, pair.host_name);
  const std::size_t information = batch.begin_nested(IFLA_LINKINFO | NLA_F_NESTED);
  batch.add_text(IFLA_INFO_KIND, "veth");
  const std::size_t data = batch.begin_nested(IFLA_INFO_DATA | NLA_F_NESTED);
  const std::size_t peer = batch.begin_nested(VETH_INFO_PEER);  // a structure first: not NLA_F_NESTED
  batch.add_fixed(link_header(pair.inside_index));
  batch.add_text(IFLA_IFNAME, pair.inside_name);
  batch.add_number(IFLA_NET_NS_PID, static_cast<std::uint32_t>(pair.target));
  batch.end_nested(peer);
  batch.end_nested(data);
  batch.end_nested(information);
}

void add_link_up(Batch& batch, std::uint32_t index) {
  batch.begin(RTM_SETLINK, 0);
  batch.add_fixed(link_header_up(index));
}

void add_link_alias(Batch& batch, std::uint32_t index, std::string_view alias) {
  batch.begin(RTM_SETLINK, 0);  // RTM_NEWLINK ignores the alias of a link that it creates (Linux 6.18)
  batch.add_fixed(link_header(index));
  batch.add(IFLA_IFALIAS, alias);  // dev_set_alias() counts a NUL as part of it
}

void add_link_query(Batch& batch, CString name) {
  batch.begin(RTM_GETLINK, 0);
  batch.add_fixed(link_header(0));
  batch.add_text(IFLA_IFNAME, name);
  batch.add_number(IFLA_EXT_MASK, std::uint32_t{RTEXT_FILTER_SKIP_STATS});
}

void add_link_deletion(Batch& batch, std::uint32_t index) {
  batch.begin(RTM_DELLINK, 0);
  batch.add_fixed(link_header(index));
}

void add_address(Batch& batch, std::uint32_t index, const Address& address) {
  ifaddrmsg header = {};
  header.ifa_family = address.family;
  header.ifa_prefixlen = address.prefix;
  header.ifa_flags = address.family == AF_INET6 ? IFA_F_NODAD : 0;
  header.ifa_scope = RT_SCOPE_UNIVERSE;
  header.ifa_index = index;
  batch.begin(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL);
  batch.add_fixed(header);
  batch.add(IFA_LOCAL, bytes_of(address));
  batch.add(IFA_ADDRESS, bytes_of(address));
  add_broadcast(batch, address);
}

void add_default_route(Batch& batch, std::uint32_t index, const Address& gateway, GatewayReach reach) {
  rtmsg header = {};
  header.rtm_family = gateway.family;
  header.rtm_table = RT_TABLE_MAIN;
  header.rtm_protocol = RTPROT_STATIC;
  header.rtm_scope = RT_SCOPE_UNIVERSE;
  header.rtm_type = RTN_UNICAST;
  header.rtm_flags = reach == GatewayReach::on_link ? RTNH_F_ONLINK : 0;
  batch.begin(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL);
  batch.add_fixed(header);
  batch.add(RTA_GATEWAY, bytes_of(gateway));
  batch.add_number(RTA_OIF, index);
}

std::optional<LinkAnswer> read_link(const Message& message) {
  const auto header = read_fixed<ifinfomsg>(message.body);
  if (message.type != RTM_NEWLINK || !header || header->ifi_index <= 0) return {};
  LinkAnswer answer = {static_cast<std::uint32_t>(header->ifi_index)};
  Attributes attributes(message.body, sizeof(ifinfomsg));
  while (const auto attribute = attributes.next()) {
    if (attribute->type == IFLA_IFALIAS) answer.alias = attribute->text();
  }
  if (attributes.malformed()) return {};
  return answer;
}

}  // namespace microctr::netlink

#include "launcher/container/lease_event.h"

#include <linux/netlink.h>
#include <sys/socket.h>

#include "launcher/base/bytes.h"
#include "launcher/net/host_link.h"
#include "launcher/spec/address.h"

namespace microctr {

using netlink::Batch;
using netlink::NetlinkSocket;

CString value_of(const char* const* environment, std::string_view name) {
  for (; *environment != nullptr; ++environment) {
    const CString entry = CString::from_pointer(*environment);
    if (entry.view().starts_with(name) && begins_with(entry.from(name.size()), '=')) return entry.from(name.size() + 1);
  }
  return {};
}

DhcpLease read_lease_interface(const char* const* environment) {
  DhcpLease lease;
  lease.interface = value_of(environment, "interface");
  return lease;
}

void read_lease(const char* const* environment, DhcpLease& lease) {
  lease.address = parse_address(value_of(environment, "ip"));
  const auto prefix = parse_number(value_of(environment, "mask"), 32);
  if (lease.address) lease.address->prefix = static_cast<std::uint8_t>(prefix.value_or(24));
  if (lease.address && (lease.address->family != AF_INET || !is_usable_address(*lease.address))) lease.address.reset();
  std::string_view routers = value_of(environment, "router");
  lease.router = parse_address(next_word(routers));
  lease.servers = value_of(environment, "dns");
  const std::string_view domain = value_of(environment, "domain");
  if (is_made_of(domain, "-._")) lease.domain = domain;
}

namespace {

// Of an interface that keeps its address: the server may have named another router, or the route have gone with the
// link for a while. A right one is not touched.
Result<void> mend_default_route(NetlinkSocket& socket, const HostLink& link, const DhcpLease& lease,
                                netlink::GatewayReach reach) {
  Bytes<128> storage;
  {
    Batch batch(storage);
    netlink::add_default_route_probe(batch, link.index, *lease.router, reach);
    const auto probed = carry_out(socket, batch, lease.interface);
    if (!probed && probed.error().code == EEXIST) return {};
  }
  Batch batch(storage);
  netlink::add_default_route_deletion(batch, link.index);
  const auto deleted = carry_out(socket, batch, lease.interface);
  return !deleted && deleted.error().code == ESRCH ? Result<void>() : deleted;
}

}  // namespace

Result<void> apply_lease(const DhcpLease& lease, const std::optional<Address>& before) {
  NetlinkSocket socket = TRY(NetlinkSocket::open(NETLINK_ROUTE));
  const HostLink link = TRY(find_link(socket, lease.interface, LinkMark("")));
  if (link.index == 0) return fail(ENODEV, "find the interface"_p, lease.interface);
  const bool stays =
      before && lease.address && is_same_address(*before, *lease.address) && before->prefix == lease.address->prefix;
  if (before && !stays) {  // its routes go with it
    Bytes<128> storage;
    Batch batch(storage);
    netlink::add_address_deletion(batch, link.index, *before);
    const auto deleted = carry_out(socket, batch, lease.interface);
    if (!deleted && deleted.error().code != EADDRNOTAVAIL) return deleted;
  }
  Bytes<256> storage;
  Batch batch(storage);
  netlink::add_link_up(batch, link.index);
  if (lease.address && !stays) netlink::add_address(batch, link.index, *lease.address);
  if (lease.address && lease.router) {
    const bool reached = is_in_subnet(*lease.address, *lease.router);
    const auto reach = reached ? netlink::GatewayReach::by_subnet : netlink::GatewayReach::on_link;
    if (stays) TRY(mend_default_route(socket, link, lease, reach));
    netlink::add_default_route(batch, link.index, *lease.router, reach);
  }
  const auto done = carry_out(socket, batch, lease.interface);
  // The way out is another interface's.
  return !done && done.error().code == EEXIST ? Result<void>() : done;
}

}  // namespace microctr

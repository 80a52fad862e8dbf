#include "launcher/net/bridge.h"

#include <sys/socket.h>

#include "launcher/base/bytes.h"
#include "launcher/net/host_link.h"
#include "launcher/net/register.h"
#include "launcher/spec/address.h"

namespace microctr {

namespace {

using netlink::Batch;
using netlink::Ending;
using netlink::NetlinkSocket;

// Not docker's 172.17 to 172.31 and 192.168.0 to .., podman's 10.88, LXC's 10.0.3, libvirt's 192.168.122, nor the
// 10.42, 10.96, 10.233 and 10.244 of Kubernetes. The last two are for machines that have a route to all of 10.0.0.0/8.
constexpr Address choices[] = {
    {AF_INET, 16, {10, 209, 0, 1}}, {AF_INET, 16, {10, 213, 0, 1}},    {AF_INET, 16, {10, 217, 0, 1}},
    {AF_INET, 16, {10, 221, 0, 1}}, {AF_INET, 24, {192, 168, 209, 1}}, {AF_INET, 24, {192, 168, 213, 1}},
};

// Which of some subnets collide with a route.
struct Collisions {
  std::span<const Address> subnets;
  std::uint32_t found = 0;  // bit N: subnets[N]
  Address route = {};       // that collides with the first
};

void hear_route(void* context, const netlink::Message& message) {
  auto& collisions = *static_cast<Collisions*>(context);
  const auto route = netlink::read_route(message);
  if (!route) return;
  for (std::size_t index = 0; index < collisions.subnets.size(); ++index) {
    const Address& subnet = collisions.subnets[index];
    if (!is_in_subnet(*route, subnet) && !is_in_subnet(subnet, *route)) continue;
    collisions.found |= 1U << index;
    if (index == 0) collisions.route = *route;
  }
}

Result<Collisions> find_collisions(NetlinkSocket& socket, std::span<const Address> subnets) {
  Collisions collisions = {subnets};
  Bytes<64> storage;
  Batch batch(storage);
  netlink::add_route_query(batch, subnets[0].family);
  const auto refusal = TRY(socket.exchange(batch, Ending::answered, {hear_route, &collisions}));
  if (refusal) return fail(refusal->code, "list the routes"_p);
  return collisions;
}

}  // namespace

Result<void> choose_bridge_addresses(NetlinkSocket& socket, std::span<const Address> wished,
                                     FixedVector<Address, 2>& addresses) {
  addresses.clear();
  if (wished.empty()) {
    const Collisions collisions = TRY(find_collisions(socket, choices));
    for (std::size_t index = 0; index < std::size(choices); ++index) {
      if ((collisions.found >> index & 1) != 0) continue;
      (void)addresses.push(choices[index]);
      return {};
    }
    return fail(EADDRINUSE, "choose a subnet for the bridge"_p, {},
                "every one of our choice collides with a route: write bridge_subnet = ADDRESS/PREFIX"_p);
  }
  for (const Address& subnet : wished) {
    const Collisions collisions = TRY(find_collisions(socket, {&subnet, 1}));
    if (collisions.found != 0) {
      TextBuffer<128> which;
      format_with_prefix(subnet, which);
      which.add(" (");
      format_with_prefix(collisions.route, which);
      which.add(')');
      return fail(EADDRINUSE, "use a bridge_subnet that a route of this machine leads to:"_p, which.text(),
                  "choose another subnet"_p);
    }
    Address address = bridge_address_of(subnet);
    address.prefix = subnet.prefix;
    (void)addresses.push(address);
  }
  return {};
}

Result<void> create_bridge(NetlinkSocket& socket, CString name, std::span<const Address> addresses) {
  const std::uint32_t index = bridge_index(name);
  const HardwareAddress mac = derive_hardware_address("/bridge", name);
  Bytes<512> storage;
  Batch batch(storage);
  netlink::add_bridge(batch, {name, index, &mac});
  netlink::add_link_alias(batch, index, LinkMark::of_bridge().view());
  for (const Address& address : addresses) netlink::add_address(batch, index, address);
  auto made = carry_out(socket, batch, name);
  if (made) return made;
  if (made.error().code != EEXIST) {
    (void)delete_bridge(socket, name);
    return made;
  }
  const HostLink link = TRY(find_link(socket, name, LinkMark::of_bridge()));
  if (!link.is_ours) {
    return fail(EEXIST, "make the bridge"_p, name,
                "that link is not ours: name another bridge, or use it with bridge = NAME and no bridge_subnet"_p);
  }
  TRY(delete_link(socket, link.index, name));  // left behind by a machine that lost its register
  return carry_out(socket, batch, name);
}

Result<void> delete_bridge(NetlinkSocket& socket, CString name) {
  return delete_link(socket, bridge_index(name), name);
}

}  // namespace microctr

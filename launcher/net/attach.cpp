#include "launcher/net/attach.h"

#include <sys/socket.h>

#include <algorithm>

#include "launcher/base/bytes.h"
#include "launcher/base/sys.h"
#include "launcher/net/host_link.h"
#include "launcher/net/refusal.h"
#include "launcher/spec/address.h"

namespace microctr {
namespace {

using netlink::Batch;
using netlink::Ending;
using netlink::NetlinkSocket;

// Bytes of one pair: the link 240, an alias 112, muting 52, and at most 64 for each address.
constexpr std::size_t pair_size = 512 + 64 * limits::addresses;
// Bytes of one interface inside: muting 52, up 32, two routes 112, and the addresses.
constexpr std::size_t inside_size = 208 + 64 * limits::addresses;

std::uint32_t inside_index(const LinkPlan& plan) { return first_inside_index + plan.interface; }

netlink::NewLink inside_link(const LinkPlan& plan) {
  return {plan.inside_name, inside_index(plan), plan.keeps_mac ? nullptr : &plan.mac, plan.mtu};
}

Result<void> create_pair(NetlinkSocket& socket, const LinkPlan& plan, netlink::Target target, std::uint32_t index) {
  Bytes<pair_size> storage;
  Batch batch(storage);
  const LinkMark mark(plan.owner);
  // A bridge takes the lowest address of its ports where it has none of its own: ours must not change it.
  HardwareAddress port = plan.mac;
  port.bytes[0] = 0xfe;
  netlink::add_veth(
      batch,
      {{plan.host_name, index, plan.link == 0 ? nullptr : &port, plan.mtu}, inside_link(plan), target, plan.link});
  netlink::add_link_alias(batch, index, mark.view());
  if (plan.mutes_port) netlink::add_link_mute(batch, index);
  if (plan.hairpin) netlink::add_port_hairpin(batch, index);
  for (const Address& address : plan.host_addresses) netlink::add_address(batch, index, address);

  const auto outcome = socket.exchange(batch, Ending::acknowledged);
  if (!outcome) {  // unknown how far it came: alias and index tell whether this link was made here
    const auto link = find_link(socket, plan.host_name, mark);
    if (link && link.value().is_ours && link.value().index == index) {
      (void)delete_link(socket, index, plan.host_name);
    }
    return outcome.error().about(plan.host_name);
  }
  const auto& refusal = outcome.value();
  if (!refusal) return {};
  if (refusal->message != 0) (void)delete_link(socket, index, plan.host_name);
  return netlink::explain_refusal(batch, *refusal, plan.host_name);
}

Result<void> create_on_parent(NetlinkSocket& socket, const LinkPlan& plan, netlink::Target target) {
  // The link of an earlier run keeps its hardware address until the kernel has taken down its namespace.
  constexpr unsigned attempts = 200;
  for (unsigned attempt = 1;; ++attempt) {
    Bytes<256> storage;
    Batch batch(storage);
    netlink::add_link_on(batch, plan.mode == NetworkMode::macvlan ? CString("macvlan") : CString("ipvlan"), plan.link,
                         inside_link(plan), target);
    const auto made = carry_out(socket, batch, plan.inside_name);
    if (made || made.error().code != EADDRINUSE) return made;
    if (attempt == attempts) return made.error().with_hint("another link of this parent has its hardware address"_p);
    TRY(sys::sleep_ms(10));
  }
}

Result<void> move_device(NetlinkSocket& socket, const LinkPlan& plan, netlink::Target target) {
  Bytes<128> storage;
  Batch batch(storage);
  netlink::add_link_move(batch, plan.link, plan.inside_name, target);
  return carry_out(socket, batch, plan.inside_name);
}

netlink::GatewayReach reach_of(const Address& gateway, std::span<const Address> addresses) {
  const bool in_subnet =
      std::ranges::any_of(addresses, [&](const Address& address) { return is_in_subnet(address, gateway); });
  return in_subnet ? netlink::GatewayReach::by_subnet : netlink::GatewayReach::on_link;
}

}  // namespace

Result<void> create_link(NetlinkSocket& socket, const LinkPlan& plan, netlink::Target target,
                         std::uint64_t namespace_inode) {
  if (plan.mode == NetworkMode::interface) return move_device(socket, plan, target);
  if (plan.mode == NetworkMode::macvlan || plan.mode == NetworkMode::ipvlan) {
    return create_on_parent(socket, plan, target);
  }
  const std::uint32_t index = host_link_index(namespace_inode, plan.interface);
  const auto made = create_pair(socket, plan, target, index);
  if (made || made.error().code != EEXIST) return made;
  const HostLink old = TRY(find_link(socket, plan.host_name, LinkMark(plan.owner)));
  if (old.index != 0 && !old.is_ours) return made;
  // Index 0: it has gone by itself since.
  if (old.index != 0) TRY(delete_link(socket, old.index, plan.host_name));
  return create_pair(socket, plan, target, index);
}

Result<void> configure_inside(NetlinkSocket& socket, std::span<const InsidePlan> plans) {
  Bytes<64 + inside_size * limits::interfaces> storage;
  Batch batch(storage);
  netlink::add_link_up(batch, netlink::loopback_index);
  CString last = "lo";
  for (const InsidePlan& plan : plans) {
    std::uint32_t index = first_inside_index + plan.interface;
    if (plan.is_device) index = TRY(find_link(socket, plan.name, LinkMark(""))).index;
    netlink::add_link_settings(batch, {{}, index, plan.mac, plan.mtu});
    if (plan.mutes) netlink::add_link_mute(batch, index);
    netlink::add_link_up(batch, index);
    for (const Address& address : plan.addresses) netlink::add_address(batch, index, address);
    for (const Address& gateway : plan.gateways) {
      netlink::add_default_route(batch, index, gateway, reach_of(gateway, plan.addresses));
    }
    last = plan.name;
  }
  return carry_out(socket, batch, last);
}

Result<void> bring_up_loopback() {
  NetlinkSocket socket = TRY(NetlinkSocket::open(NETLINK_ROUTE));
  return configure_inside(socket, {});
}

Result<void> give_back_device(NetlinkSocket& inside, NetlinkSocket& host, const DeviceBefore& device,
                              netlink::Target target) {
  const HostLink there = TRY(find_link(inside, device.inside_name, LinkMark("")));
  if (there.index == 0) return {};
  {
    Bytes<128> storage;
    Batch batch(storage);
    netlink::add_link_move(batch, there.index, device.name, target);
    TRY(carry_out(inside, batch, device.name));
  }
  const HostLink back = TRY(find_link(host, device.name, LinkMark("")));
  if (back.index == 0) return {};
  Bytes<128> storage;
  Batch batch(storage);
  // A tunnel has no hardware address, and would refuse one together with its MTU.
  if (back.mac != device.mac) netlink::add_link_settings(batch, {{}, back.index, &device.mac});
  if (back.mtu != device.mtu) netlink::add_link_settings(batch, {{}, back.index, nullptr, device.mtu});
  if (device.was_up) netlink::add_link_up(batch, back.index);
  return batch.count() == 0 ? Result<void>() : carry_out(host, batch, device.name);
}

}  // namespace microctr

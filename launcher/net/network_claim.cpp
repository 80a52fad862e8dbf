#include "launcher/net/network_claim.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>

#include "launcher/base/sys.h"
#include "launcher/net/bridge.h"
#include "launcher/net/firewall.h"
#include "launcher/net/host_link.h"
#include "launcher/net/kernel_switch.h"
#include "launcher/net/lease.h"
#include "launcher/spec/address.h"
#include "launcher/spec/network_mode.h"

namespace microctr {

namespace {

struct Claim {
  const Plan& plan;
  const Spec& spec;
  netlink::NetlinkSocket& socket;
  Register& entries;
  NetworkState& state;
};

// Links of containers that the register does not know: those of another runtime directory.
struct Strangers {
  const Claim& claim;
  std::uint32_t bridge;  // only its ports
  bool found = false;
};

void hear_stranger(void* context, const netlink::LinkAnswer& link) {
  auto& strangers = *static_cast<Strangers*>(context);
  const std::size_t mark = LinkMark("").view().size();
  if (strangers.bridge != 0) {
    strangers.found |= link.master == strangers.bridge;
    return;
  }
  if (!link.alias.starts_with(LinkMark("").view()) || link.alias == LinkMark::of_bridge().view()) return;
  const std::string_view name = after(link.alias, mark);
  const Register& entries = strangers.claim.entries;
  std::size_t cursor = 0;
  while (const auto entry = entries.next(cursor, "lease", name)) {
    if (entry->field[1] == name && name != strangers.claim.spec.name.view()) return;
  }
  strangers.found = true;
}

// What they use is not in the register: it would be made anew, and deleted at the end.
Result<void> refuse_strangers(const Claim& claim, std::uint32_t bridge, CString what) {
  Strangers strangers = {claim, bridge};
  TRY(list_links(claim.socket, {hear_stranger, &strangers}));
  if (!strangers.found) return {};
  return fail(EADDRINUSE, "use what containers of another runtime directory use:"_p, what,
              "start them with the same --runtime-dir, or here with another bridge and nat = no"_p);
}

// What the operator wrote about the bridge must be what it is.
Result<void> check_bridge(const Interface& interface, std::span<const Address> addresses, CString bridge) {
  for (const Address& subnet : interface.subnets) {
    const Address wanted = bridge_address_of(subnet);
    const bool is_there = std::ranges::any_of(addresses, [&](const Address& address) {
      return is_same_address(address, wanted) && address.prefix == subnet.prefix;
    });
    if (is_there) continue;
    return fail(EADDRINUSE, "use another bridge_subnet than the one that the bridge has:"_p, bridge,
                "write the same for all its containers, or name another bridge"_p);
  }
  return {};
}

Result<void> add_bridge_line(const Claim& claim, CString bridge, std::span<const Address> addresses, bool masquerade) {
  TextBuffer<128> text;
  for (const Address& address : addresses) {
    if (text.size() != 0) text.add(' ');
    format_with_prefix(address, text);
  }
  return claim.entries.add("bridge", {bridge, text.view(), masquerade ? "nat" : "plain"});
}

Result<HostLink> need_link(const Claim& claim, CString name, const LinkMark& mark) {
  const HostLink link = TRY(find_link(claim.socket, name, mark));
  if (link.index != 0) return link;
  return fail(ENODEV, "find the link"_p, name, "the machine has no such interface; /sys/class/net lists them"_p);
}

// The bridge's own addresses, which are also the container's gateways; none for one that is not ours.
Result<void> claim_bridge(const Claim& claim, const Interface& interface, const PlannedInterface& planned,
                          InterfaceState& state, FixedVector<Address, 2>& addresses) {
  if (const auto known = find_line(claim.entries, "bridge", planned.bridge)) {
    std::string_view field = known->field[1];
    while (const auto address = next_address(field)) (void)addresses.push(*address);
    state.link = bridge_index(planned.bridge);
    if (interface.nat && *interface.nat != (known->field[2] == "nat")) {
      return fail(EADDRINUSE, "use another nat than the bridge has:"_p, planned.bridge,
                  "write the same for all its containers, or name another bridge"_p);
    }
    return check_bridge(interface, addresses.view(), planned.bridge);
  }
  if (!planned.own_bridge) {
    const HostLink link = TRY(find_link(claim.socket, planned.bridge, LinkMark::of_bridge()));
    state.link = link.index;
    if (link.index != 0) return {};
    return fail(ENODEV, "find the bridge"_p, planned.bridge,
                "make it, or let it be made: bridge_subnet = ADDRESS/PREFIX"_p);
  }
  const HostLink old = TRY(find_link(claim.socket, planned.bridge, LinkMark::of_bridge()));
  if (old.is_ours) TRY(refuse_strangers(claim, old.index, planned.bridge));
  TRY(choose_bridge_addresses(claim.socket, interface.subnets.view(), addresses));
  state.makes_bridge = true;
  state.link = bridge_index(planned.bridge);
  return add_bridge_line(claim, planned.bridge, addresses.view(), planned.masquerade);
}

bool is_ipv6(const Address& address) { return address.family == AF_INET6; }

// What a port says about a link-local address of its own (MLD, duplicate address detection) goes to all other ports:
// the kernel's work for a start grows with their number. The host's end of a port has no use for one, nor has the
// container on a bridge of ours without an IPv6 subnet.
void mute_port(const Interface& interface, std::span<const Address> own_bridge, InterfaceState& state) {
  constexpr std::uint32_t least_mtu = 1280;  // of IPv6 (RFC 8200): the kernel keeps none on a smaller link
  if (interface.mtu != 0 && interface.mtu < least_mtu) return;
  if (!sys::access(sys::working_directory, "/proc/net/if_inet6", F_OK)) return;  // no IPv6 in this kernel
  state.mutes_port = true;
  state.mutes_inside = !own_bridge.empty() && std::ranges::none_of(own_bridge, is_ipv6) &&
                       std::ranges::none_of(state.addresses, is_ipv6);
}

// Written addresses must be some that the bridge leads to, and not its own.
Result<void> check_addresses(std::span<const Address> wanted, std::span<const Address> own_bridge) {
  for (const Address& address : wanted) {
    for (const Address& own : own_bridge) {
      if (own.family != address.family) continue;
      if (is_in_subnet(own, address) && !is_same_address(own, address)) continue;
      TextBuffer<128> which;
      format_address(address, which);
      which.add(" (the bridge has ");
      format_with_prefix(own, which);
      which.add(')');
      return fail(EADDRNOTAVAIL, "use an ip that the bridge's subnet does not have to give:"_p, which.text(),
                  "choose another one of the subnet, or a bridge with another bridge_subnet"_p);
    }
  }
  return {};
}

Result<void> claim_port_of(const Claim& claim, const Interface& interface, const PlannedInterface& planned,
                           InterfaceState& state) {
  FixedVector<Address, 2> bridge_addresses;
  TRY(claim_bridge(claim, interface, planned, state, bridge_addresses));
  if (bridge_addresses.empty() && interface.addresses.empty() && !interface.dhcp) {
    return fail(EADDRNOTAVAIL, "choose an address on a bridge that is not ours:"_p, planned.bridge,
                "write ip = ADDRESS/PREFIX or ip = dhcp"_p);
  }
  TRY(check_addresses(interface.addresses.view(), bridge_addresses.view()));
  const LeaseWish wish = {planned.bridge,
                          claim.spec.name,
                          interface.name,
                          bridge_addresses.view(),
                          interface.addresses.view(),
                          claim.spec.network.aliases.view(),
                          interface.dhcp,
                          static_cast<std::size_t>(&state - claim.state.interfaces.begin())};
  TRY(lease_addresses(wish, claim.entries, state.addresses));
  mute_port(interface, bridge_addresses.view(), state);
  if (state.gateways.empty()) {
    for (const Address& address : bridge_addresses) {
      const bool has_family =
          std::ranges::any_of(state.addresses, [&](const Address& own) { return own.family == address.family; });
      if (has_family) (void)state.gateways.push(address);
    }
  }
  return {};
}

Result<void> claim_device(const Claim& claim, const Interface& interface, InterfaceState& state) {
  const HostLink link = TRY(need_link(claim, interface.peer, LinkMark("")));
  state.link = link.index;
  TextBuffer<32> mac;
  format_hardware_address(link.mac, mac);
  const TextBuffer<16> mtu(link.mtu);
  return claim.entries.add(
      "device", {claim.spec.name, interface.peer, interface.name, mac.view(), mtu.view(), link.is_up ? "up" : "down"});
}

// With the namespace's inode, so that it is known again.
Result<void> claim_share(const Claim& claim, CString owner) {
  const TextBuffer<40> path("/proc/", claim.plan.network_of.pid, "/ns/net");
  const auto status = sys::status_at(sys::working_directory, path.text(), 0);
  const TextBuffer<24> inode(status ? status.value().inode : 0);
  return claim.entries.add("share", {owner, claim.spec.name, inode.view()});
}

Result<void> claim_interface(const Claim& claim, std::size_t index) {
  const Interface& interface = claim.spec.network.interfaces[index];
  const PlannedInterface& planned = claim.plan.interfaces[index];
  InterfaceState& state = claim.state.interfaces[index];
  switch (interface.mode) {
    case NetworkMode::bridge: return claim_port_of(claim, interface, planned, state);
    case NetworkMode::interface: TRY(claim_device(claim, interface, state)); break;
    case NetworkMode::macvlan:
    case NetworkMode::ipvlan: state.link = TRY(need_link(claim, interface.peer, LinkMark(""))).index; break;
    case NetworkMode::container: return claim_share(claim, interface.peer);
    case NetworkMode::none:
    case NetworkMode::host:
    case NetworkMode::veth: return {};
  }
  if (!interface.dhcp) return {};
  const LeaseWish wish = {.bridge = "-",
                          .container = claim.spec.name,
                          .interface = interface.name,
                          .addresses = interface.addresses.view(),
                          .dynamic = true};
  return lease_addresses(wish, claim.entries, state.addresses);
}

std::string_view word(std::uint64_t number, TextWriter& text) {
  text.clear();
  text.add(number);
  return text.view();
}

// Another container's line for a port that overlaps; the operator reads its name.
Result<void> check_port(const Claim& claim, const Publish& publish, std::string_view host, std::string_view port,
                        std::string_view target) {
  std::size_t cursor = 0;
  while (const auto entry = claim.entries.next(cursor, "port", port)) {
    if (entry->field[0] == claim.spec.name.view()) continue;
    if (entry->field[1] != (publish.udp ? "udp" : "tcp") || entry->field[3] != port) continue;
    if (contains(entry->field[4], ':') != contains(target, ':')) continue;  // another family
    if (host != "-" && entry->field[2] != "-" && entry->field[2] != host) continue;
    TextBuffer<128> which(port, publish.udp ? "/udp" : "/tcp", ", which container ", entry->field[0], " publishes");
    return fail(EADDRINUSE, "publish port"_p, which.text(), "choose another port, or stop that container"_p);
  }
  return {};
}

Result<void> claim_ports(const Claim& claim, const Publish& publish, const Address& target) {
  TextBuffer<64> host;
  TextBuffer<64> inside;
  TextBuffer<8> host_port;
  TextBuffer<8> inside_port;
  if (publish.host.family == 0) {
    host.add('-');
  } else {
    format_address(publish.host, host);
  }
  format_address(target, inside);
  for (unsigned index = 0; index < publish.count; ++index) {
    const std::string_view port = word(publish.host_port + index, host_port);
    TRY(check_port(claim, publish, host.view(), port, inside.view()));
    TRY(claim.entries.add("port", {claim.spec.name, publish.udp ? "udp" : "tcp", host.view(), port, inside.view(),
                                   word(publish.inside_port + index, inside_port)}));
  }
  return {};
}

// The link on which loopback addresses are routed, so that the ports answer on 127.0.0.1.
Result<void> claim_guard(const Claim& claim, CString link) {
  const bool own_bridge = find_line(claim.entries, "bridge", link).has_value();
  const bool is_guarded = another_has(claim.entries, "guard", "", link);
  if (!is_guarded) claim.state.guarded = link;
  if (own_bridge && is_guarded) return {};
  return claim.entries.add("guard", {own_bridge ? std::string_view("-") : claim.spec.name.view(), link});
}

Result<void> claim_publish(const Claim& claim, const Publish& publish, std::span<const Address> addresses) {
  bool leads_inside = false;
  for (const std::uint8_t family : {std::uint8_t{AF_INET}, std::uint8_t{AF_INET6}}) {
    const auto target = std::ranges::find(addresses, family, &Address::family);
    if (target == addresses.end() || (publish.host.family != 0 && publish.host.family != family)) continue;
    TRY(claim_ports(claim, publish, *target));
    leads_inside = true;
  }
  if (leads_inside) return {};
  TextBuffer<64> host;
  format_address(publish.host, host);
  return fail(EAFNOSUPPORT, "publish on"_p, host.text(), "the container needs an address of that family: add an ip"_p);
}

// Ports lead to the first address of each family on the first interface that the host reaches.
Result<void> claim_published(const Claim& claim) {
  const Network& network = claim.spec.network;
  if (network.publish.empty()) return {};
  for (std::size_t index = 0; index < network.interfaces.size(); ++index) {
    const auto& addresses = claim.state.interfaces[index].addresses;
    if (!is_reached_by_host(network.interfaces[index]) || addresses.empty()) continue;
    for (const Publish& publish : network.publish) TRY(claim_publish(claim, publish, addresses.view()));
    const PlannedInterface& planned = claim.plan.interfaces[index];
    return claim_guard(claim, planned.bridge.empty() ? planned.host_link : planned.bridge);
  }
  return fail(EADDRNOTAVAIL, "publish ports: no interface that the host reaches has a fixed address"_p, {},
              "give one with network = bridge or veth an ip"_p);
}

// Masqueraded subnets that no bridge of ours has a line for.
Result<void> claim_subnets(const Claim& claim) {
  for (std::size_t index = 0; index < claim.plan.interfaces.size(); ++index) {
    const PlannedInterface& planned = claim.plan.interfaces[index];
    if (!planned.masquerade || find_line(claim.entries, "bridge", planned.bridge)) continue;
    for (const Address& address : claim.state.interfaces[index].addresses) {
      Address subnet = network_of(address);
      subnet.prefix = address.prefix;
      TextBuffer<64> text;
      format_with_prefix(subnet, text);
      TRY(claim.entries.add("subnet", {claim.spec.name, text.view()}));
    }
  }
  return {};
}

}  // namespace

Result<void> claim_network(const Plan& plan, netlink::NetlinkSocket& socket, Register& entries, NetworkState& state) {
  const Spec& spec = *plan.spec;
  const Claim claim = {plan, spec, socket, entries, state};
  state.builds_firewall = !uses_firewall(entries);
  for (std::size_t index = 0; index < spec.network.interfaces.size(); ++index) TRY(claim_interface(claim, index));
  TRY(claim_published(claim));
  TRY(claim_subnets(claim));
  if (state.builds_firewall && uses_firewall(entries) && TRY(has_firewall())) {
    TRY(refuse_strangers(claim, 0, "table inet microctr"));
  }
  state.turns_switches = TRY(claim_switches(spec.name, entries));
  return entries.store();
}

}  // namespace microctr

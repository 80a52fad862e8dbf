// The container's interfaces: what belongs to them on the host, and in which order it is done.
//
// On a pair with the host, the host's end has the gateway's address, or the first address of the subnet that the
// container does not have itself, with the same prefix. What is chosen (an address of a bridge's subnet, the subnet of
// the default bridge) is chosen when the register of the networks is at hand: claim_network.

#include <sys/socket.h>

#include <algorithm>
#include <cstring>

#include "launcher/plan/planner.h"
#include "launcher/spec/address.h"
#include "launcher/spec/link_name.h"
#include "launcher/spec/network_mode.h"

namespace microctr {

namespace {

Address first_host(const Address& inside) {
  Address host = network_of(inside);
  const std::size_t bytes = address_bits(inside) / 8;
  host.bytes[bytes - 1] |= 1;
  if (std::memcmp(host.bytes, inside.bytes, bytes) == 0) host.bytes[bytes - 1] ^= 3;  // .1 is taken: .2
  return host;
}

bool has_family(std::span<const Address> addresses, std::uint8_t family) {
  return std::ranges::any_of(addresses, [family](const Address& address) { return address.family == family; });
}

void plan_far_end(const Interface& interface, PlannedInterface& planned) {
  for (const Address& inside : interface.addresses) {
    if (has_family(planned.far.view(), inside.family)) continue;
    Address host = first_host(inside);
    for (const Address& gateway : interface.gateways) {
      if (gateway.family == inside.family) std::memcpy(host.bytes, gateway.bytes, sizeof host.bytes);
    }
    (void)planned.far.push(host);
  }
}

bool is_pair(NetworkMode mode) { return mode == NetworkMode::veth || mode == NetworkMode::bridge; }

Result<void> plan_interface(Planner& planner, unsigned number) {
  const Interface& interface = planner.spec.network.interfaces[number];
  PlannedInterface planned;
  if (interface.mode == NetworkMode::bridge) {
    planned.bridge = interface.bridge.empty() ? CString(default_bridge) : interface.bridge;
  }
  planned.own_bridge = is_on_own_bridge(interface);
  planned.masquerade = is_masqueraded(interface);
  if (interface.mode == NetworkMode::veth) plan_far_end(interface, planned);
  if (is_pair(interface.mode)) {
    TextBuffer<16> name;
    write_host_link_name(planner.spec.name, number, name);
    planned.host_link = TRY(planner.arena.copy(name.view()));
  }
  (void)planner.plan.interfaces.push(planned);
  return {};
}

void list(TextWriter& text, std::string_view separator) {
  if (text.size() != 0) text.add(separator);
}

enum class Ports : bool { host, both };

void add_range(unsigned first, unsigned count, TextWriter& text) {
  text.add(first);
  if (count > 1) text.add('-', first + count - 1);
}

void add_ports(const Publish& publish, Ports which, TextWriter& text) {
  list(text, ", ");
  if (publish.host.family != 0) {
    format_address(publish.host, text);
    text.add(' ');
  }
  add_range(publish.host_port, publish.count, text);
  if (which == Ports::both) {
    text.add(':');
    add_range(publish.inside_port, publish.count, text);
  }
  text.add(publish.udp ? "/udp" : "/tcp");
}

Result<CString> list_ports(Planner& planner, Ports which) {
  TextBuffer<limits::publish * 80> ports;  // "2001:db8:…:1 65535-65535:65535-65535/tcp, "
  for (const Publish& publish : planner.spec.network.publish) add_ports(publish, which, ports);
  return planner.arena.copy(ports.view());
}

void add_reserved(const Interface& interface, const PlannedInterface& planned, TextWriter& text) {
  list(text, "; ");
  if (interface.dhcp) {
    text.add("what a DHCP server gives "_p, interface.name);
  } else if (interface.addresses.empty()) {
    text.add("an address of the subnet of "_p, planned.bridge, " for ", interface.name);
  } else {
    for (const Address& address : interface.addresses) {
      format_address(address, text);
      text.add(' ');
    }
    text.add("on ", planned.bridge, " for ", interface.name);
  }
}

// What of the machine's is reserved for the container, so that no other gets it.
Result<void> plan_claim(Planner& planner) {
  const Network& network = planner.spec.network;
  TextBuffer<8192> reserved;
  if (network.mode() == NetworkMode::container) {
    reserved.add("the network of container "_p, network.interfaces[0].peer);
  }
  for (std::size_t index = 0; index < network.interfaces.size(); ++index) {
    const Interface& interface = network.interfaces[index];
    if (interface.mode == NetworkMode::bridge) add_reserved(interface, planner.plan.interfaces[index], reserved);
    const bool on_link = interface.mode == NetworkMode::interface || interface.mode == NetworkMode::macvlan ||
                         interface.mode == NetworkMode::ipvlan;
    if (on_link) {
      list(reserved, "; ");
      reserved.add(interface.mode == NetworkMode::interface ? "device "_p : "a place on link "_p, interface.peer);
    }
  }
  if (!network.publish.empty()) {
    list(reserved, "; ");
    reserved.add("port "_p);
    reserved.add(TRY(list_ports(planner, Ports::host)));
  }
  const bool masquerades = std::ranges::any_of(planner.plan.interfaces, &PlannedInterface::masquerade);
  if (reserved.size() == 0 && !masquerades) return {};
  planner.add(Op::claim_network).source = TRY(planner.arena.copy(reserved.view()));
  return {};
}

Result<void> plan_bridges(Planner& planner) {
  for (unsigned number = 0; number < planner.plan.interfaces.size(); ++number) {
    const PlannedInterface& planned = planner.plan.interfaces[number];
    if (!planned.own_bridge) continue;
    TextBuffer<128> subnets;
    for (const Address& subnet : planner.spec.network.interfaces[number].subnets) {
      list(subnets, " ");
      format_address(subnet, subnets);
      subnets.add('/', unsigned{subnet.prefix});
    }
    if (subnets.size() == 0) subnets.add("10.209.0.0/16, or the next that no route leads to"_p);
    Step& step = planner.add(Op::make_bridge);
    step.target = planned.bridge;
    step.options = TRY(planner.arena.copy(subnets.view()));
    step.number = number;
  }
  return {};
}

// The families in which packets are led to and from the container by the host.
void list_families(const Planner& planner, TextWriter& text) {
  bool six = false;
  for (const Interface& interface : planner.spec.network.interfaces) {
    six |= has_family(interface.addresses.view(), AF_INET6) || has_family(interface.subnets.view(), AF_INET6);
  }
  text.add("IPv4", six ? ", IPv6" : "");
}

Result<void> plan_firewall(Planner& planner) {
  const Network& network = planner.spec.network;
  TextBuffer<512> masqueraded;
  for (std::size_t index = 0; index < planner.plan.interfaces.size(); ++index) {
    if (!planner.plan.interfaces[index].masquerade) continue;
    list(masqueraded, ", ");
    const CString bridge = planner.plan.interfaces[index].bridge;
    masqueraded.add(bridge.empty() ? network.interfaces[index].name : bridge);
  }
  if (masqueraded.size() == 0 && network.publish.empty()) return {};
  TextBuffer<32> families;
  list_families(planner, families);
  planner.add(Op::enable_forwarding).options = TRY(planner.arena.copy(families.view()));
  if (!network.publish.empty()) {
    planner.add(Op::hold_ports).source = TRY(list_ports(planner, Ports::host));
  }
  Step& step = planner.add(Op::open_firewall);
  step.source = TRY(list_ports(planner, Ports::both));
  step.options = TRY(planner.arena.copy(masqueraded.view()));
  return {};
}

}  // namespace

Result<void> plan_network(Planner& planner) {
  const Network& network = planner.spec.network;
  const NetworkMode mode = network.mode();
  if (mode == NetworkMode::host) return {};
  const bool further = network.interfaces.size() > 1;
  if (!planner.facts.privileged && (mode != NetworkMode::none || further)) {
    return fail(EPERM, "make network ="_p, TextBuffer<16>(mode_name(further ? NetworkMode::veth : mode)).text(),
                planner.facts.user == 0 ? "root of a container cannot do that: use network = none or host"_p
                                        : Phrase("run as root, or use network = none or host"_p));
  }
  for (unsigned number = 0; number < network.interfaces.size(); ++number) TRY(plan_interface(planner, number));
  if (mode == NetworkMode::container) planner.plan.network_of = planner.facts.peers[0];
  if (mode != NetworkMode::container) planner.plan.network_of = planner.facts.sharer;
  TRY(plan_claim(planner));
  TRY(plan_bridges(planner));
  return plan_firewall(planner);
}

// Before a device of the machine goes in, the namespace is held.
Result<void> plan_network_name(Planner& planner, Side side) {
  if (!planner.facts.privileged || shares_host_network(planner.spec)) return {};
  bool has_device = false;
  for (const Interface& interface : planner.spec.network.interfaces) {
    has_device |= interface.mode == NetworkMode::interface;
  }
  if (side != (has_device ? Side::gate : Side::beside)) return {};
  Step& step = planner.add(Op::name_network);
  step.side = side;
  step.target = TRY(planner.arena.join("/run/netns/", planner.spec.name));
  return {};
}

Result<void> plan_links(Planner& planner) {
  const Network& network = planner.spec.network;
  TRY(plan_network_name(planner, Side::gate));
  for (unsigned number = 0; number < network.interfaces.size(); ++number) {
    const Interface& interface = network.interfaces[number];
    if (interface.mode == NetworkMode::none || interface.mode == NetworkMode::host ||
        interface.mode == NetworkMode::container) {
      continue;
    }
    constexpr Literal kinds[] = {
        "", "", "make veth pair", "make veth pair", "make macvlan", "make ipvlan", "move device", ""};
    const PlannedInterface& planned = planner.plan.interfaces[number];
    Step& link = planner.add(Op::create_link);
    link.number = number;
    link.type = kinds[static_cast<std::size_t>(interface.mode)];
    link.source = planned.host_link.empty() ? interface.peer : planned.host_link;
    link.target = interface.name;
    if (!planned.bridge.empty()) link.options = TRY(planner.arena.join(", a port of bridge ", planned.bridge));
    if (interface.mode == NetworkMode::veth && !interface.peer.empty()) {
      link.options = TRY(planner.arena.join(", the other end in container ", interface.peer));
    }
  }
  if (planner.plan.network_of.pid != 0 && network.mode() != NetworkMode::container) {
    planner.add(Op::configure_network).side = Side::gate;
  }
  for (unsigned number = 0; number < network.interfaces.size(); ++number) {
    if (!network.interfaces[number].dhcp) continue;
    Step& step = planner.add(Op::start_dhcp);
    step.number = number;
    step.target = network.interfaces[number].name;
  }
  return {};
}

}  // namespace microctr

#include "launcher/container/network.h"

#include <fcntl.h>
#include <linux/netlink.h>
#include <sched.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>

#include "launcher/base/bytes.h"
#include "launcher/base/sys.h"
#include "launcher/container/dhcp.h"
#include "launcher/container/process_time.h"
#include "launcher/net/attach.h"
#include "launcher/net/bridge.h"
#include "launcher/net/firewall_update.h"
#include "launcher/net/host_link.h"
#include "launcher/net/kernel_switch.h"
#include "launcher/net/network_claim.h"
#include "launcher/net/network_name.h"
#include "launcher/spec/address.h"
#include "launcher/spec/link_name.h"

namespace microctr {

namespace {

using netlink::NetlinkSocket;

// One socket for the whole start.
Result<void> need_socket(LaunchContext& context) {
  if (!context.socket) context.socket = TRY(NetlinkSocket::open(NETLINK_ROUTE));
  return {};
}

// Its addresses stand in the register.
Result<void> make_bridge(LaunchContext& context, CString name) {
  FixedVector<Address, 2> addresses;
  if (const auto line = find_line(context.entries, "bridge", name)) {
    std::string_view field = line->field[1];
    while (const auto address = next_address(field)) (void)addresses.push(*address);
  }
  return create_bridge(context.socket, name, addresses.view());
}

Result<void> claim(LaunchContext& context) {
  TRY(need_socket(context));
  TRY(context.journal.note_network(context.plan.spec->name));
  context.entries = TRY(Register::read(context.facts.places.runtime));
  return claim_network(context.plan, context.socket, context.entries, context.network);
}

// Loopback addresses are routed on the links of published ports only once the firewall guards them.
Result<void> open_ports(LaunchContext& context) {
  const CString name = context.plan.spec->name;
  if (!uses_firewall(context.entries)) return {};  // the bridge is there, and plain
  TRY(open_firewall(name, context.network.builds_firewall ? Table::is_new : Table::exists, context.entries));
  if (context.network.guarded.empty()) return {};
  const auto routed = route_loopback_on(context.network.guarded);
  // The host's end of a pair is not there yet: create_link does it.
  return routed || routed.error().code == ENOENT ? Result<void>() : routed;
}

LinkPlan link_plan(const LaunchContext& context, unsigned number) {
  const Spec& spec = *context.plan.spec;
  const Interface& interface = spec.network.interfaces[number];
  const PlannedInterface& planned = context.plan.interfaces[number];
  LinkPlan plan;
  plan.mode = interface.mode;
  plan.host_name = planned.host_link;
  plan.inside_name = interface.name;
  plan.owner = spec.name;
  plan.interface = number;
  plan.link = context.network.interfaces[number].link;
  plan.mac = interface.mac ? *interface.mac : derive_hardware_address(spec.name, interface.name);
  plan.keeps_mac = interface.mode == NetworkMode::ipvlan;
  plan.mtu = interface.mtu;
  plan.hairpin = interface.mode == NetworkMode::bridge && !spec.network.publish.empty();
  plan.mutes_port = context.network.interfaces[number].mutes_port;
  plan.host_addresses = planned.far.view();
  return plan;
}

Result<std::uint64_t> network_inode(pid_t process) {
  const TextBuffer<40> path("/proc/", process, "/ns/net");
  const auto status = sys::status_at(sys::working_directory, path.text(), 0);
  if (status) return status.value().inode;
  return fail(status.error().code, "find the container's network namespace"_p, {},
              "the process has ended, or /proc is not mounted"_p);
}

// Whether somebody has deleted a bridge of ours. The kernel refuses a port of a missing one with EINVAL.
Result<bool> is_bridge_lost(LaunchContext& context, const LinkPlan& plan, CString bridge) {
  if (bridge.empty() || plan.link != bridge_index(bridge)) return false;
  return TRY(find_link(context.socket, bridge, LinkMark::of_bridge())).index == 0;
}

// The other containers' links lost their bridge with it.
Result<void> bring_ports_back(LaunchContext& context, CString bridge) {
  std::size_t cursor = 0;
  while (const auto lease = context.entries.next(cursor, "lease", bridge)) {
    const auto number = parse_number(lease->field[5], limits::interfaces - 1);
    if (lease->field[0] != bridge.view() || !number) continue;
    const TextBuffer<limits::name + 1> container(lease->field[1]);
    TextBuffer<16> name;
    write_host_link_name(container.text(), static_cast<unsigned>(*number), name);
    const HostLink link = TRY(find_link(context.socket, name.text(), LinkMark(container.text())));
    if (!link.is_ours) continue;
    Bytes<128> storage;
    netlink::Batch batch(storage);
    netlink::add_link_master(batch, link.index, bridge_index(bridge));
    if (find_line(context.entries, "port", container.view())) netlink::add_port_hairpin(batch, link.index);
    (void)carry_out(context.socket, batch, name.text());  // it may be going just now
  }
  return {};
}

Result<void> make_link(LaunchContext& context, const Step& step, pid_t pid) {
  const Interface& interface = context.plan.spec->network.interfaces[step.number];
  const PlannedInterface& planned = context.plan.interfaces[step.number];
  const LinkPlan plan = link_plan(context, step.number);
  const std::uint64_t inode = TRY(network_inode(pid));
  if (interface.mode == NetworkMode::veth && !interface.peer.empty()) {
    const Fd other = TRY(open_network_of(context.facts.peers[step.number]));
    auto socket = TRY(NetlinkSocket::open_in(other.get(), NETLINK_ROUTE));
    return create_link(socket, plan, {pid}, inode);
  }
  TRY(need_socket(context));
  auto made = create_link(context.socket, plan, {pid}, inode);
  if (!made && TRY(is_bridge_lost(context, plan, planned.bridge))) {
    TRY(make_bridge(context, planned.bridge));
    TRY(bring_ports_back(context, planned.bridge));
    if (another_has(context.entries, "guard", "", planned.bridge)) TRY(route_loopback_on(planned.bridge));
    made = create_link(context.socket, plan, {pid}, inode);
  }
  const bool is_guarded = !planned.host_link.empty() && context.network.guarded == planned.host_link;
  return made && is_guarded ? route_loopback_on(planned.host_link) : made;
}

bool has_device(const Network& network) {
  return std::ranges::any_of(network.interfaces,
                             [](const Interface& interface) { return interface.mode == NetworkMode::interface; });
}

// Before a device goes in, the namespace is held: see network_name.h.
Result<void> name_it(LaunchContext& context, pid_t pid) {
  const Spec& spec = *context.plan.spec;
  TRY(context.journal.note_network_name(spec.name, pid, TRY(network_inode(pid))));
  return name_network(spec.name, pid, has_device(spec.network) ? Holding::mount : Holding::link);
}

Result<void> configure_from_outside(LaunchContext& context, pid_t pid) {
  const TextBuffer<40> path("/proc/", pid, "/ns/net");
  const Fd inside = TRY(sys::open(path.text(), O_RDONLY));
  auto socket = TRY(NetlinkSocket::open_in(inside.get(), NETLINK_ROUTE));
  return configure_network(context.plan, context.network, socket);
}

// One default route of each family in the whole container: over the gateway of the configuration, or else over the
// first interface that has one, or gets one from a DHCP server.
void choose_default_routes(const Network& network, const NetworkState& state,
                           std::span<FixedVector<Address, 2>> routes) {
  for (const std::uint8_t family : {std::uint8_t{AF_INET}, std::uint8_t{AF_INET6}}) {
    const auto is_of_family = [family](const Address& gateway) { return gateway.family == family; };
    const bool is_given = std::ranges::any_of(network.interfaces, [&](const Interface& interface) {
      return std::ranges::any_of(interface.gateways, is_of_family);
    });
    for (std::size_t number = 0; number < state.interfaces.size(); ++number) {
      const Interface& interface = network.interfaces[number];
      const auto& own = state.interfaces[number].gateways;
      const auto gateway = std::ranges::find_if(own, is_of_family);
      if (is_given && std::ranges::none_of(interface.gateways, is_of_family)) continue;
      if (gateway != own.end()) (void)routes[number].push(*gateway);
      if (gateway != own.end() || (interface.dhcp && family == AF_INET)) break;
    }
  }
}

}  // namespace

Result<Fd> open_network_of(const PeerProcess& peer) {
  const TextBuffer<40> path("/proc/", peer.pid, "/ns/net");
  Fd network = TRY(sys::open(path.text(), O_RDONLY));
  if (TRY(process_start_time(peer.pid)) != peer.started) return fail(ESRCH, "find its process"_p);
  return network;
}

void prepare_network(LaunchContext& context) {
  const Network& network = context.plan.spec->network;
  for (std::size_t index = 0; index < context.plan.interfaces.size(); ++index) {
    const Interface& interface = network.interfaces[index];
    InterfaceState state;
    state.addresses = interface.addresses;
    state.gateways = interface.gateways;
    // The host's end of a pair leads everywhere; another container's end only where it is said.
    const bool to_host = interface.mode == NetworkMode::veth && interface.peer.empty();
    if (to_host) state.gateways = context.plan.interfaces[index].far;
    (void)context.network.interfaces.push(state);
  }
}

Result<void> hold_published(const Spec& spec, const Register& entries, HeldPorts& ports) {
  bool four = false;
  bool six = false;
  std::size_t cursor = 0;
  while (const auto entry = entries.next(cursor, "port", spec.name)) {
    if (entry->field[0] != spec.name.view()) continue;
    (contains(entry->field[4], ':') ? six : four) = true;
  }
  for (const Publish& publish : spec.network.publish) {
    for (const std::uint8_t family : {std::uint8_t{AF_INET}, std::uint8_t{AF_INET6}}) {
      if (!(family == AF_INET ? four : six)) continue;
      if (publish.host.family != 0 && publish.host.family != family) continue;
      TRY(ports.hold(publish, family));
    }
  }
  return {};
}

Result<void> do_network_step(LaunchContext& context, const Step& step, pid_t pid) {
  switch (step.op) {
    case Op::claim_network: return claim(context);
    case Op::make_bridge:
      return context.network.interfaces[step.number].makes_bridge ? make_bridge(context, step.target) : Result<void>();
    case Op::enable_forwarding:
      return context.network.turns_switches ? turn_switches_on(context.entries) : Result<void>();
    case Op::hold_ports: return hold_published(*context.plan.spec, context.entries, context.holdings.ports);
    case Op::open_firewall: return open_ports(context);
    case Op::name_network: return name_it(context, pid);
    case Op::create_link: return make_link(context, step, pid);
    case Op::configure_network: return configure_from_outside(context, pid);
    case Op::start_dhcp: return start_dhcp(context, step, pid);
    default: return fail(ENOSYS, "do a step of another side"_p);
  }
}

Result<void> configure_network(const Plan& plan, const NetworkState& state, NetlinkSocket& socket) {
  const Network& network = plan.spec->network;
  FixedVector<InsidePlan, limits::interfaces> plans;
  std::array<FixedVector<Address, 2>, limits::interfaces> routes;
  choose_default_routes(network, state, routes);
  for (unsigned number = 0; number < plan.interfaces.size(); ++number) {
    const Interface& interface = network.interfaces[number];
    if (interface.mode == NetworkMode::none) continue;
    InsidePlan inside;
    inside.name = interface.name;
    inside.addresses = state.interfaces[number].addresses.view();
    inside.gateways = routes[number].view();
    inside.interface = number;
    inside.mutes = state.interfaces[number].mutes_inside;
    inside.is_device = interface.mode == NetworkMode::interface;
    if (inside.is_device) {
      inside.mac = interface.mac ? &*interface.mac : nullptr;
      inside.mtu = interface.mtu;
    }
    (void)plans.push(inside);
  }
  return configure_inside(socket, plans.view());
}

}  // namespace microctr

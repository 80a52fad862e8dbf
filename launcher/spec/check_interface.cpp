// One interface: its mode, the name of its peer, and keys that have no meaning with the mode.

#include "launcher/base/text.h"
#include "launcher/spec/check.h"
#include "launcher/spec/link_name.h"
#include "launcher/spec/network_mode.h"

namespace microctr {
namespace {

constexpr unsigned bit(NetworkMode mode) { return 1U << static_cast<unsigned>(mode); }

constexpr unsigned bridged = bit(NetworkMode::bridge);
constexpr unsigned from_host = bridged | bit(NetworkMode::veth);
constexpr unsigned own_mac = from_host | bit(NetworkMode::macvlan) | bit(NetworkMode::interface);
constexpr unsigned every = own_mac | bit(NetworkMode::ipvlan);

// The modes with which each key of an interface but `network` has a meaning, in the order of the keys.
constexpr std::uint8_t meaning[] = {bridged, bridged, every, every, own_mac, every, from_host};
static_assert(sizeof meaning == interface_keys - 1);

bool is_given(const Interface& interface, Key key) {
  switch (key) {
    case Key::bridge: return !interface.bridge.empty();
    case Key::bridge_subnet: return !interface.subnets.empty();
    case Key::ip: return !interface.addresses.empty() || interface.dhcp;
    case Key::gateway: return !interface.gateways.empty();
    case Key::mac: return interface.mac.has_value();
    case Key::mtu: return interface.mtu != 0;
    case Key::nat: return interface.nat.has_value();
    default: return false;
  }
}

// A further interface whose mode makes none.
void check_no_interface(const Check& check, std::size_t number) {
  const Interface& interface = check.spec.network.interfaces[number];
  if (check.origins.is_set({Key::network, number})) {
    return check.fault({Key::network, number}, "@ is for the whole container (write network = @, without '&.')"_p,
                       mode_name(interface.mode), interface.name);
  }
  for (std::size_t index = 0; index < sizeof meaning; ++index) {
    const auto key = static_cast<Key>(static_cast<std::size_t>(Key::bridge) + index);
    if (!is_given(interface, key)) continue;
    return check.fault({key, number}, "nothing says what @ is (add @.network = bridge, or another mode)"_p,
                       interface.name);
  }
}

void check_meaning(const Check& check, std::size_t number) {
  const Interface& interface = check.spec.network.interfaces[number];
  for (std::size_t index = 0; index < sizeof meaning; ++index) {
    const KeyAt key = {static_cast<Key>(static_cast<std::size_t>(Key::bridge) + index), number};
    if (!is_given(interface, key.key)) continue;
    if ((meaning[index] & bit(interface.mode)) == 0) {
      if (key.key == Key::mac && interface.mode == NetworkMode::ipvlan) {
        check.fault(key, "ipvlan has the hardware address of its parent (write macvlan:@, or remove it)"_p,
                    interface.peer);
        continue;
      }
      check.fault(key, "has no meaning with network = @ (write network = &, or remove it)"_p, mode_name(interface.mode),
                  meaning[index] == bridged ? "bridge" : "bridge or veth");
    } else if (key.key == Key::nat && !interface.peer.empty()) {
      check.fault(key, "the other end is in the container @, not on the host (remove it)"_p, interface.peer);
    }
  }
}

void check_namespace(const Check& check, std::size_t number) {
  const NetworkMode mode = check.spec.network.interfaces[number].mode;
  if (check.spec.namespaces.network || mode == NetworkMode::host) return;
  const KeyAt key = {Key::network, number};
  if (mode != NetworkMode::none) {
    check.fault(key, "@ needs a network namespace (add network to namespaces)"_p, mode_name(mode));
  } else if (check.origins.is_set(key)) {
    // Asked for, it must hold: without a namespace of its own the container sees the host's network.
    check.fault(key, "none needs a network namespace (add network to namespaces, or write network = host)"_p);
  }
}

void check_link_name(const Check& check, KeyAt key, std::string_view name) {
  if (is_link_name(name)) return;
  check.fault(key, "'@' is not the name of an interface (at most 15 bytes, no blank, '/', ':' or '%')"_p, name);
}

void check_peer(const Check& check, std::size_t number) {
  const Interface& interface = check.spec.network.interfaces[number];
  const KeyAt key = {Key::network, number};
  switch (interface.mode) {
    case NetworkMode::none:
    case NetworkMode::host: return;
    case NetworkMode::bridge:
      if (!interface.bridge.empty()) check_link_name(check, {Key::bridge, number}, interface.bridge);
      return;
    case NetworkMode::macvlan:
    case NetworkMode::ipvlan:
    case NetworkMode::interface: return check_link_name(check, key, interface.peer);
    case NetworkMode::veth:
      if (interface.peer.empty()) return;
      [[fallthrough]];
    case NetworkMode::container:
      check_container_name(check, key, interface.peer);
      if (interface.peer == check.spec.name) check.fault(key, "'@' is this container (name another)"_p, interface.peer);
  }
}

void check_dhcp(const Check& check, std::size_t number) {
  const Interface& interface = check.spec.network.interfaces[number];
  const KeyAt key = {Key::ip, number};
  if (interface.mode == NetworkMode::veth) {
    check.fault(key, "no DHCP server is at the other end of a veth (write an address: 10.0.0.2/24)"_p);
  } else if (interface.mode == NetworkMode::ipvlan) {
    check.fault(key,
                "dhcp needs a hardware address of its own, which ipvlan has not (write macvlan:@, or an address)"_p,
                interface.peer);
  }
  if (!interface.subnets.empty()) {
    check.fault({Key::bridge_subnet, number}, "a bridge of ours has no DHCP server (remove it, or ip = dhcp)"_p);
  }
}

}  // namespace

void check_interface(const Check& check, std::size_t number) {
  const Interface& interface = check.spec.network.interfaces[number];
  if (interface.name != first_interface && !makes_interface(interface.mode)) return check_no_interface(check, number);
  check_namespace(check, number);
  check_peer(check, number);
  check_meaning(check, number);
  if (!makes_interface(interface.mode)) return;
  if (interface.dhcp) {
    check_dhcp(check, number);
  } else if (interface.mode == NetworkMode::veth && interface.addresses.empty()) {
    TextBuffer<32> name;
    check.write_name({Key::ip, number}, name);
    check.fault({Key::network, number}, "veth needs an address (write @ = 10.0.0.2/24)"_p, name.view());
  }
  check_addresses(check, number);
}

}  // namespace microctr

#include "launcher/base/text.h"
#include "launcher/spec/address.h"
#include "launcher/spec/check.h"

namespace microctr {
namespace {

Interface first_of(const Check& check) {
  return check.spec.network.interfaces.empty() ? Interface() : check.spec.network.interfaces[0];
}

void check_mode(const Check& check) {
  const Interface network = first_of(check);
  const bool has_namespace = check.spec.namespaces.network;
  if (network.mode == NetworkMode::veth) {
    if (!has_namespace) check.fault(Key::network, "veth needs a network namespace (add network to namespaces)"_p);
    if (network.addresses.empty()) check.fault(Key::network, "veth needs an address (write ip = 10.0.0.2/24)"_p);
    return;
  }
  // Asked for, it must hold: without a namespace of its own the container sees the host's network.
  if (network.mode == NetworkMode::none && !has_namespace && check.origins.is_set(Key::network)) {
    check.fault(Key::network, "none needs a network namespace (add network to namespaces, or write network = host)"_p);
  }
  const std::string_view mode = network.mode == NetworkMode::host ? "host" : "none";
  if (!network.addresses.empty()) {
    check.fault(Key::ip, "has no meaning with network = @ (write network = veth, or remove it)"_p, mode);
  }
  if (!network.gateways.empty()) {
    check.fault(Key::gateway, "has no meaning with network = @ (write network = veth, or remove it)"_p, mode);
  }
}

void check_address(const Check& check, std::size_t index) {
  const auto& addresses = check.spec.network.interfaces[0].addresses;
  const Address& address = addresses[index];
  TextBuffer<64> text;
  format_address(address, text);
  if (!is_usable_address(address)) {
    return check.fault(Key::ip, index, "@ cannot belong to an interface (choose a unicast address)"_p, text.view());
  }
  if (is_first_of_subnet(address, address) || is_broadcast_of_subnet(address, address)) {
    return check.fault(Key::ip, index, "@ is its subnet's own address (choose one between the first and the last)"_p,
                       text.view());
  }
  for (std::size_t before = 0; before < index; ++before) {
    if (!is_same_address(addresses[before], address)) continue;
    return check.fault(Key::ip, index, "@ is given twice (keep one)"_p, text.view());
  }
}

void check_gateway(const Check& check, const Address& gateway) {
  TextBuffer<64> text;
  format_address(gateway, text);
  if (!is_usable_address(gateway)) {
    return check.fault(Key::gateway, "@ cannot belong to an interface (choose a unicast address)"_p, text.view());
  }
  bool is_reachable = false;
  for (const Address& address : check.spec.network.interfaces[0].addresses) {
    if (is_same_address(address, gateway)) {
      return check.fault(Key::gateway, "@ is the container's own address (write the other end's)"_p, text.view());
    }
    if (!is_in_subnet(address, gateway)) continue;
    if (is_first_of_subnet(address, gateway) || is_broadcast_of_subnet(address, gateway)) {
      return check.fault(Key::gateway, "@ is its subnet's own address (choose one between the first and the last)"_p,
                         text.view());
    }
    is_reachable = true;
  }
  if (is_reachable) return;
  check.fault(Key::gateway, "@ is in the subnet of no ip (choose one that an ip's prefix covers)"_p, text.view());
}

}  // namespace

void check_network(const Check& check) {
  check_mode(check);
  const Interface network = first_of(check);
  for (std::size_t index = 0; index < network.addresses.size(); ++index) check_address(check, index);
  if (network.mode == NetworkMode::veth && !network.gateways.empty() && !network.addresses.empty()) {
    check_gateway(check, network.gateways[0]);
  }
}

}  // namespace microctr

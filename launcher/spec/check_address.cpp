// The addresses of one interface: its own, those of its bridge, and its gateways.

#include <sys/socket.h>

#include "launcher/base/text.h"
#include "launcher/spec/address.h"
#include "launcher/spec/check.h"

namespace microctr {
namespace {

constexpr Phrase not_usable = "@ cannot belong to an interface (choose a unicast address)"_p;
constexpr Phrase is_end = "@ is its subnet's own address (choose one between the first and the last)"_p;

bool is_end_of_subnet(const Address& subnet, const Address& address) {
  return is_first_of_subnet(subnet, address) || is_broadcast_of_subnet(subnet, address);
}

class AddressCheck {
 public:
  AddressCheck(const Check& check, std::size_t number)
      : check_(check), interface_(check.spec.network.interfaces[number]), number_(number) {}

  void check_subnet(std::size_t index);
  void check_address(std::size_t index);
  void check_gateway(std::size_t index);
  void check_mtu();

 private:
  void fault(Key key, std::size_t index, Phrase pattern, const Address& address, std::string_view more = {}) {
    TextBuffer<64> text;
    format_address(address, text);
    check_.fault({key, number_}, index, pattern, text.view(), more);
  }
  void check_in_bridge(std::size_t index);

  const Check& check_;
  const Interface& interface_;
  std::size_t number_;
};

void AddressCheck::check_subnet(std::size_t index) {
  const Address& subnet = interface_.subnets[index];
  const bool is_v4 = subnet.family == AF_INET;
  const unsigned longest = is_v4 ? 30 : 126;
  if (subnet.prefix < (is_v4 ? 8 : 64) || subnet.prefix > longest) {
    return fault(Key::bridge_subnet, index, "the subnet of @ has no useful size (write a prefix of &)"_p, subnet,
                 is_v4 ? "/8 to /30" : "/64 to /126");
  }
  if (!is_usable_address(bridge_address_of(subnet))) return fault(Key::bridge_subnet, index, not_usable, subnet);
  if (is_broadcast_of_subnet(subnet, subnet)) return fault(Key::bridge_subnet, index, is_end, subnet);
  if (index != 0 && interface_.subnets[0].family == subnet.family) {
    fault(Key::bridge_subnet, index, "@ is a second subnet of its family (keep one)"_p, subnet);
  }
}

void AddressCheck::check_in_bridge(std::size_t index) {
  const Address& address = interface_.addresses[index];
  for (const Address& subnet : interface_.subnets) {
    if (subnet.family != address.family) continue;
    if (!is_in_subnet(subnet, address)) {
      return fault(Key::ip, index, "@ is not in the bridge's subnet (choose one that bridge_subnet covers)"_p, address);
    }
    if (is_same_address(bridge_address_of(subnet), address)) {
      return fault(Key::ip, index, "@ is the bridge's own address (choose another)"_p, address);
    }
    if (is_end_of_subnet(subnet, address)) return fault(Key::ip, index, is_end, address);
  }
}

void AddressCheck::check_address(std::size_t index) {
  const Address& address = interface_.addresses[index];
  if (!is_usable_address(address)) return fault(Key::ip, index, not_usable, address);
  if (is_end_of_subnet(address, address)) return fault(Key::ip, index, is_end, address);
  for (std::size_t before = 0; before < index; ++before) {
    if (!is_same_address(interface_.addresses[before], address)) continue;
    return fault(Key::ip, index, "@ is given twice (keep one)"_p, address);
  }
  if (interface_.dhcp && address.family == AF_INET) {
    return fault(Key::ip, index, "@ contradicts dhcp, which brings an IPv4 address (keep one)"_p, address);
  }
  check_in_bridge(index);
}

void AddressCheck::check_gateway(std::size_t index) {
  const Address& gateway = interface_.gateways[index];
  if (!is_usable_address(gateway)) return fault(Key::gateway, index, not_usable, gateway);
  if (index != 0 && interface_.gateways[0].family == gateway.family) {
    return fault(Key::gateway, index, "@ is a second gateway of its family (keep one)"_p, gateway);
  }
  if (interface_.dhcp && gateway.family == AF_INET) {
    return fault(Key::gateway, index, "@ contradicts ip = dhcp, which brings an IPv4 gateway (keep one)"_p, gateway);
  }
  // Routers are known by their link-local address in IPv6 (RFC 4861), which is in no subnet of ours.
  constexpr Address link_local = {AF_INET6, 10, {0xfe, 0x80}};
  if (is_in_subnet(link_local, gateway)) return;
  const bool is_chosen = interface_.addresses.empty();
  if (is_chosen && interface_.subnets.empty()) {
    const bool is_bridge = interface_.mode == NetworkMode::bridge && !interface_.dhcp;
    return fault(Key::gateway, index, "@ is reached by no address of ours (add ip = ADDRESS/PREFIX&)"_p, gateway,
                 is_bridge ? ", or bridge_subnet" : "");
  }
  bool is_reachable = false;
  for (const Address& subnet : is_chosen ? interface_.subnets.view() : interface_.addresses.view()) {
    if (!is_chosen && is_same_address(subnet, gateway)) {
      return fault(Key::gateway, index, "@ is the container's own address (write the other end's)"_p, gateway);
    }
    if (!is_in_subnet(subnet, gateway)) continue;
    if (is_end_of_subnet(subnet, gateway)) return fault(Key::gateway, index, is_end, gateway);
    is_reachable = true;
  }
  if (is_reachable) return;
  fault(Key::gateway, index, "@ is in the subnet of no & (choose one that the prefix of & covers)"_p, gateway,
        is_chosen ? "bridge_subnet" : "ip");
}

// RFC 8200: a link that carries IPv6 has at least 1280; the kernel would take the addresses off a smaller one.
void AddressCheck::check_mtu() {
  constexpr std::uint32_t least = 1280;
  if (interface_.mtu == 0 || interface_.mtu >= least) return;
  bool has_v6 = false;
  for (const Address& address : interface_.addresses) has_v6 = has_v6 || address.family == AF_INET6;
  for (const Address& subnet : interface_.subnets) has_v6 = has_v6 || subnet.family == AF_INET6;
  if (!has_v6) return;
  check_.fault({Key::mtu, number_}, "IPv6 needs packets of at least 1280 bytes (write 1280 or more)"_p);
}

}  // namespace

void check_addresses(const Check& check, std::size_t number) {
  const Interface& interface = check.spec.network.interfaces[number];
  AddressCheck address(check, number);
  for (std::size_t index = 0; index < interface.subnets.size(); ++index) address.check_subnet(index);
  for (std::size_t index = 0; index < interface.addresses.size(); ++index) address.check_address(index);
  for (std::size_t index = 0; index < interface.gateways.size(); ++index) address.check_gateway(index);
  address.check_mtu();
  if (!interface.mac) return;
  const std::uint8_t* bytes = interface.mac->bytes;
  TextBuffer<24> text;
  format_hardware_address(*interface.mac, text);
  if ((bytes[0] & 1) != 0) {
    check.fault({Key::mac, number}, "@ is that of a group (choose one whose first pair is even: 02)"_p, text.view());
  } else if (text.view() == "00:00:00:00:00:00") {
    check.fault({Key::mac, number}, "@ means no address (write another, or remove it)"_p, text.view());
  }
}

}  // namespace microctr

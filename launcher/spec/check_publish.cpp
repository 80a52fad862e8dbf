// Published ports: that something leads to them, how many they are, and that no port of the host has two owners.

#include <sys/socket.h>

#include <algorithm>

#include "launcher/base/text.h"
#include "launcher/spec/address.h"
#include "launcher/spec/check.h"
#include "launcher/spec/network_mode.h"

namespace microctr {
namespace {

bool is_loopback(const Address& address) {
  if (address.family == AF_INET) return address.bytes[0] == 127;
  Address one = {AF_INET6};
  one.bytes[15] = 1;
  return is_same_address(address, one);
}

// Published ports need a way from the host to the container.
void check_way_in(const Check& check) {
  const Network& network = check.spec.network;
  for (const Interface& interface : network.interfaces) {
    if (interface.mode == NetworkMode::bridge) return;
    if (interface.mode == NetworkMode::veth && interface.peer.empty()) return;
  }
  const NetworkMode mode = network.mode();
  const std::string_view name = mode_name(mode);
  switch (mode) {
    case NetworkMode::host:
      return check.fault(Key::publish, 0, "the container's ports are the host's with network = @ (remove it)"_p, name);
    case NetworkMode::container:
      return check.fault(Key::publish, 0, "belongs to the container whose network it is (write it for @)"_p,
                         network.interfaces[0].peer);
    case NetworkMode::macvlan:
    case NetworkMode::ipvlan:
    case NetworkMode::interface:
      return check.fault(Key::publish, 0,
                         "the container is reached at its own address with network = @ (remove it, or write network = "
                         "bridge)"_p,
                         name);
    case NetworkMode::veth:
      return check.fault(Key::publish, 0, "the other end is in the container @, not on the host (remove it)"_p,
                         network.interfaces[0].peer);
    case NetworkMode::none:
    case NetworkMode::bridge:
      return check.fault(Key::publish, 0, "nothing leads inside with network = @ (write network = bridge or veth)"_p,
                         name);
  }
}

// How often a port without a host address is held: once for each family that the way in is written to have.
unsigned families_inside(const Network& network) {
  const auto way_in = std::ranges::find_if(network.interfaces, is_reached_by_host);
  if (way_in == network.interfaces.end()) return 1;
  const std::span<const Address> written =
      way_in->addresses.empty() ? way_in->subnets.view() : way_in->addresses.view();
  const auto is_first = [&](const Address& address) { return address.family == written[0].family; };
  return std::ranges::all_of(written, is_first) ? 1 : 2;
}

// The first port of the host that both have; 0 when there is none.
unsigned common_port(const Publish& left, const Publish& right) {
  if (left.udp != right.udp) return 0;
  if (left.host.family != 0 && right.host.family != 0 && !is_same_address(left.host, right.host)) return 0;
  const unsigned first = std::max(left.host_port, right.host_port);
  const unsigned end = std::min(left.host_port + left.count, right.host_port + right.count);
  return first < end ? first : 0;
}

void check_host_address(const Check& check, std::size_t index, const Address& host) {
  if (host.family == 0 || is_usable_address(host) || (host.family == AF_INET && is_loopback(host))) return;
  TextBuffer<64> text;
  format_address(host, text);
  check.fault(Key::publish, index, "@ is not an address of a host (leave it out for all of them)"_p, text.view());
}

}  // namespace

void check_publish(const Check& check) {
  static_assert(limits::ports == 256, "the message below names it");
  const auto& list = check.spec.network.publish;
  if (list.empty()) return;
  check_way_in(check);
  const unsigned families = families_inside(check.spec.network);
  std::size_t count = 0;
  for (std::size_t index = 0; index < list.size(); ++index) {
    check_host_address(check, index, list[index].host);
    for (std::size_t before = 0; before < index; ++before) {
      const unsigned port = common_port(list[before], list[index]);
      if (port == 0) continue;
      TextBuffer<8> number(port);
      check.fault_again(Key::publish, index, "port @ of the host is published already (first at &; keep one)"_p,
                        number.view(), check.origins.of(Key::publish, before));
      break;
    }
    const bool was_too_many = count > limits::ports;
    count += list[index].count * (list[index].host.family == 0 ? families : 1);
    if (count > limits::ports && !was_too_many) {
      check.fault(Key::publish, index, "too many ports in all (limit 256, IPv4 and IPv6 together)"_p);
    }
  }
}

}  // namespace microctr

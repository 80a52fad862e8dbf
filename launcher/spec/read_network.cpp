#include "launcher/base/text.h"
#include "launcher/spec/address.h"
#include "launcher/spec/network_mode.h"
#include "launcher/spec/setting.h"

namespace microctr {
namespace {

// What stands behind the ':' of `network`.
void read_peer(const Setting& setting, std::string_view word, std::string_view peer) {
  Interface& interface = setting.link();
  const bool is_given = word.size() != setting.value.size();
  switch (interface.mode) {
    case NetworkMode::none:
    case NetworkMode::host:
      if (is_given) setting.fault(peer, "nothing follows & (write & alone)"_p, word);
      return;
    case NetworkMode::bridge: {
      if (!is_given) return;
      TextBuffer<32> key;
      write_key_name(Key::bridge, interface.name, key);
      return setting.fault(peer, "the bridge's name has a key of its own (write bridge here, and & = @)"_p, key.view());
    }
    case NetworkMode::veth:
      if (!is_given) return;
      [[fallthrough]];
    case NetworkMode::container:
      if (peer.empty()) return setting.fault(word, "'@' lacks the name of a container (write @:NAME)"_p);
      break;
    case NetworkMode::macvlan:
    case NetworkMode::ipvlan:
    case NetworkMode::interface:
      if (peer.empty()) return setting.fault(word, "'@' lacks an interface of the host (write @:eth0)"_p);
      break;
  }
  if (const auto kept = setting.keep(peer)) interface.peer = *kept;
}

void read_mode(const Setting& setting) {
  Interface& interface = setting.link();
  interface.mode = NetworkMode::none;
  interface.peer = {};
  std::string_view rest = setting.value;
  const std::string_view word = cut(rest, ':');
  const auto index = setting.choice(word, network_modes);
  if (!index) return;
  interface.mode = static_cast<NetworkMode>(*index);
  read_peer(setting, word, rest);
}

std::optional<Address> read_plain_address(const Setting& setting, std::string_view part) {
  const auto address = parse_address(part);
  if (!address) setting.fault(part, "'@' is not an IPv4 or IPv6 address"_p);
  return address;
}

// ADDRESS/PREFIX into a list that holds `limit`.
template <std::size_t N>
void read_subnet(const Setting& setting, FixedVector<Address, N>& list) {
  if (const auto subnet = parse_subnet(setting.value)) {
    if (!list.push(*subnet)) setting.too_many(N);
    return;
  }
  std::string_view prefix = setting.value;
  const std::string_view text = cut(prefix, '/');
  const auto address = read_plain_address(setting, text);
  if (!address) return;
  const unsigned bits = address_bits(*address);
  if (prefix.empty()) {
    return setting.fault(text, "the prefix length is missing (write @&)"_p, bits == 32 ? "/24" : "/64");
  }
  setting.fault(prefix, "'@' is not a prefix length (1 to &)"_p, TextBuffer<8>(bits).view());
}

void read_address(const Setting& setting) {
  Interface& interface = setting.link();
  if (setting.value != "dhcp") return read_subnet(setting, interface.addresses);
  if (interface.dhcp) return setting.fault(setting.value, "'@' is given twice (keep one)"_p);
  interface.dhcp = true;
}

void read_gateway(const Setting& setting) {
  std::string_view rest = setting.value;
  const std::string_view text = cut(rest, '/');
  if (text.size() != setting.value.size() && parse_address(text)) {
    return setting.fault(setting.value, "a gateway has no prefix length (write &)"_p, text);
  }
  const auto gateway = read_plain_address(setting, setting.value);
  if (gateway && !setting.link().gateways.push(*gateway)) setting.too_many(2);
}

void read_hardware_address(const Setting& setting) {
  auto& mac = setting.link().mac;
  mac.reset();
  if (setting.value.empty()) return;
  mac = parse_hardware_address(setting.value);
  if (!mac) setting.fault(setting.value, "'@' is not a hardware address (write six pairs: 02:00:5e:10:00:01)"_p);
}

void read_mtu(const Setting& setting) {
  std::uint32_t& mtu = setting.link().mtu;
  mtu = 0;
  if (setting.value.empty()) return;
  const auto number = parse_number(setting.value, 65'535);
  // RFC 791: every module must forward 68 bytes; the length of a packet has 16 bits.
  if (!number || *number < 68) return setting.fault(setting.value, "'@' is not the size of a packet (68 to 65535)"_p);
  mtu = static_cast<std::uint32_t>(*number);
}

void read_name_server(const Setting& setting) {
  static_assert(limits::name_servers == 3, "the message below names it");
  const auto server = read_plain_address(setting, setting.value);
  if (server && !setting.spec.network.dns.push(*server)) {
    setting.fault(setting.value, "too many (limit 3, that of resolv.conf)"_p);
  }
}

template <std::size_t N>
void read_name(const Setting& setting, FixedVector<CString, N>& list) {
  const auto name = setting.keep(setting.value);
  if (name && !list.push(*name)) setting.too_many(N);
}

void read_host(const Setting& setting) {
  std::string_view address_text = setting.value;
  const std::string_view name = cut(address_text, ':');
  if (address_text.empty()) return setting.fault(setting.value, "'@' lacks an address (write NAME:ADDRESS)"_p);
  const auto address = read_plain_address(setting, address_text);
  const auto kept = setting.keep(name);
  if (!address || !kept) return;
  if (!setting.spec.network.hosts.push({*kept, *address})) setting.too_many(limits::host_names);
}

}  // namespace

void read_network(const Setting& setting) {
  Network& network = setting.spec.network;
  switch (setting.key) {
    case Key::network: return read_mode(setting);
    case Key::bridge:
      if (const auto name = setting.keep(setting.value)) setting.link().bridge = *name;
      return;
    case Key::bridge_subnet: return read_subnet(setting, setting.link().subnets);
    case Key::ip: return read_address(setting);
    case Key::gateway: return read_gateway(setting);
    case Key::mac: return read_hardware_address(setting);
    case Key::mtu: return read_mtu(setting);
    case Key::nat:
      setting.link().nat.reset();
      if (!setting.value.empty()) setting.link().nat = setting.yes_or_no(setting.value);
      return;
    case Key::publish: return read_publish(setting);
    case Key::dns: return read_name_server(setting);
    case Key::dns_search: return read_name(setting, network.dns_search);
    case Key::add_host: return read_host(setting);
    case Key::network_alias: return read_name(setting, network.aliases);
    default: return;
  }
}

}  // namespace microctr

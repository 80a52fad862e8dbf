#include "launcher/base/text.h"
#include "launcher/spec/address.h"
#include "launcher/spec/setting.h"
#include "launcher/spec/word_list.h"

namespace microctr {
namespace {

constexpr char modes[] = "none host veth";
constexpr char later_modes[] = "bridge macvlan ipvlan interface container";

// The interface that the key is about; made when this is its first key.
Interface* interface_of(const Setting& setting) {
  auto& interfaces = setting.spec.network.interfaces;
  if (interfaces.empty() && !interfaces.push(Interface())) return nullptr;
  return &interfaces[0];
}

void read_mode(const Setting& setting) {
  std::string_view rest = setting.value;
  const std::string_view word = cut(rest, ':');
  if (find_word(later_modes, word)) {
    return setting.fault(word, "'@' is not supported yet (use veth, host or none)"_p);
  }
  const auto index = setting.choice(setting.value, modes);
  if (!index) return;
  constexpr NetworkMode kinds[] = {NetworkMode::none, NetworkMode::host, NetworkMode::veth};
  interface_of(setting)->mode = kinds[*index];
}

std::optional<Address> read_plain_address(const Setting& setting, std::string_view part) {
  const auto address = parse_address(part);
  if (!address) setting.fault(part, "'@' is not an IPv4 or IPv6 address"_p);
  return address;
}

void read_address(const Setting& setting) {
  if (setting.value == "dhcp") return setting.fault(setting.value, "'dhcp' is not supported yet"_p);
  std::string_view prefix_text = setting.value;
  const std::string_view text = cut(prefix_text, '/');
  auto address = read_plain_address(setting, text);
  if (!address) return;
  if (prefix_text.empty()) {
    const std::string_view usual = address_bits(*address) == 32 ? "/24" : "/64";
    return setting.fault(text, "the prefix length is missing (write @&)"_p, usual);
  }
  const unsigned bits = address_bits(*address);
  const auto prefix = parse_number(prefix_text, bits);
  if (!prefix || *prefix == 0) {
    return setting.fault(prefix_text, "'@' is not a prefix length (1 to &)"_p, TextBuffer<8>(bits).view());
  }
  address->prefix = static_cast<std::uint8_t>(*prefix);
  if (!interface_of(setting)->addresses.push(*address)) setting.too_many(limits::addresses);
}

void read_gateway(const Setting& setting) {
  interface_of(setting)->gateways.clear();
  if (setting.value.empty()) return;
  std::string_view rest = setting.value;
  const std::string_view text = cut(rest, '/');
  if (text.size() != setting.value.size() && parse_address(text)) {
    return setting.fault(setting.value, "a gateway has no prefix length (write &)"_p, text);
  }
  const auto gateway = read_plain_address(setting, setting.value);
  if (gateway && !interface_of(setting)->gateways.push(*gateway)) setting.too_many(2);
}

}  // namespace

void read_network(const Setting& setting) {
  switch (setting.key) {
    case Key::network: return read_mode(setting);
    case Key::ip: return read_address(setting);
    case Key::gateway: return read_gateway(setting);
    default: return;
  }
}

}  // namespace microctr

// Addresses and published ports as the firewall's tests write them.
#pragma once

#include <string_view>

#include "launcher/net/firewall.h"
#include "launcher/spec/address.h"

namespace microctr {

inline Address address_of(std::string_view text, std::uint8_t prefix = 0) {
  Address address = *parse_address(text);
  if (prefix != 0) address.prefix = prefix;
  return address;
}

inline PublishedPort port_of(std::string_view host, std::uint16_t host_port, bool udp, std::string_view target) {
  PublishedPort port;
  if (!host.empty()) port.host = address_of(host);
  port.host_port = host_port;
  port.udp = udp;
  port.target = address_of(target);
  port.target_port = 80;
  return port;
}

}  // namespace microctr

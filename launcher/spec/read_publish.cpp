// publish = [HOSTIP:]HOST:CONTAINER[/tcp|/udp], as docker writes it; HOST and CONTAINER are ports or ranges of them.

#include "launcher/base/text.h"
#include "launcher/spec/address.h"
#include "launcher/spec/setting.h"

namespace microctr {
namespace {

struct Ports {
  std::uint16_t first = 0;
  std::uint16_t count = 1;
};

// Cuts the address off `text`, which keeps HOST:CONTAINER. False after a report.
bool read_host_address(const Setting& setting, std::string_view& text, Address& host) {
  const bool has_brackets = begins_with(text, '[');
  std::string_view part;
  std::string_view ports = text;
  if (has_brackets) {
    part = after(cut(ports, ']'), 1);
    if (!begins_with(ports, ':')) {
      setting.fault(text, "'@' is not an address in brackets and two ports (write [fd00::1]:8080:80)"_p);
      return false;
    }
    ports.remove_prefix(1);
  } else {
    const std::size_t last = last_position(text, ':');
    const std::size_t end = last == std::string_view::npos ? last : last_position(leading(text, last), ':');
    if (end == std::string_view::npos) return true;
    part = leading(text, end);
    ports = after(text, end + 1);
  }
  const auto address = parse_address(part);
  if (!address || (has_brackets && address_bits(*address) == 32)) {
    setting.fault(part, "'@' is not an & address"_p, has_brackets ? "IPv6" : "IPv4 or IPv6");
    return false;
  }
  if (!has_brackets && address_bits(*address) != 32) {
    setting.fault(part, "an IPv6 address needs brackets here (write [@]:8080:80)"_p);
    return false;
  }
  host = *address;
  text = ports;
  return true;
}

std::optional<std::uint16_t> read_port(const Setting& setting, std::string_view text) {
  const auto port = parse_number(text, 65'535);
  if (port && *port != 0) return static_cast<std::uint16_t>(*port);
  setting.fault(text, "'@' is not a port (1 to 65535)"_p);
  return {};
}

std::optional<Ports> read_ports(const Setting& setting, std::string_view text) {
  std::string_view last_text = text;
  const std::string_view first_text = cut(last_text, '-');
  const auto first = read_port(setting, first_text);
  if (!first) return {};
  if (first_text.size() == text.size()) return Ports{*first, 1};
  const auto last = read_port(setting, last_text);
  if (!last) return {};
  if (*last < *first) {
    setting.fault(text, "'@' runs backwards (write the lower port first)"_p);
    return {};
  }
  return Ports{*first, static_cast<std::uint16_t>(*last - *first + 1)};
}

}  // namespace

void read_publish(const Setting& setting) {
  Publish publish;
  std::string_view protocol = setting.value;
  std::string_view text = cut(protocol, '/');
  if (text.size() != setting.value.size()) {
    const auto index = setting.choice(protocol, "tcp udp");
    if (!index) return;
    publish.udp = *index == 1;
  }
  if (!read_host_address(setting, text, publish.host)) return;
  std::string_view inside_text = text;
  const std::string_view host_text = cut(inside_text, ':');
  if (inside_text.empty()) {
    return setting.fault(host_text, "'@' lacks the container's port (write @:@)"_p);
  }
  const auto host = read_ports(setting, host_text);
  const auto inside = host ? read_ports(setting, inside_text) : std::optional<Ports>();
  if (!inside) return;
  if (host->count != inside->count) {
    return setting.fault(inside_text, "'@' has not as many ports as & (make both ranges equally long)"_p, host_text);
  }
  publish.host_port = host->first;
  publish.inside_port = inside->first;
  publish.count = host->count;
  if (!setting.spec.network.publish.push(publish)) setting.too_many(limits::publish);
}

}  // namespace microctr

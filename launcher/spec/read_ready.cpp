// ready = exec | fd | notify | socket:PATH | socket:[ADDRESS:]PORT, and how long that may take.

#include <sys/un.h>

#include "launcher/base/text.h"
#include "launcher/spec/address.h"
#include "launcher/spec/setting.h"

namespace microctr {
namespace {

// What stands before the port, with its colon; IPv6 has brackets. False after a report.
bool check_host(const Setting& setting, std::string_view host) {
  if (host.empty()) return true;
  host.remove_suffix(1);
  const bool has_brackets = begins_with(host, '[') && host.ends_with(']');
  if (has_brackets) host = leading(after(host, 1), host.size() - 2);
  const auto address = parse_address(host);
  if (!address || (has_brackets && address_bits(*address) == 32)) {
    setting.fault(host, "'@' is not an & address"_p, has_brackets ? "IPv6" : "IPv4 or IPv6");
    return false;
  }
  if (has_brackets || address_bits(*address) == 32) return true;
  setting.fault(host, "an IPv6 address needs brackets here (write socket:[@]:80)"_p);
  return false;
}

bool check_socket(const Setting& setting, std::string_view socket) {
  static_assert(sizeof(sockaddr_un::sun_path) == 108, "the message below names it");
  if (begins_with(socket, '/')) {
    if (socket.size() < sizeof(sockaddr_un::sun_path)) return true;
    setting.fault(socket, "the path is too long for a socket (limit 107 bytes)"_p);
    return false;
  }
  const std::size_t colon = last_position(socket, ':');
  const std::size_t begin = colon == std::string_view::npos ? 0 : colon + 1;
  const std::string_view port_text = after(socket, begin);
  const auto port = parse_number(port_text, 65'535);
  if (!port || *port == 0) {
    setting.fault(port_text, "'@' is neither a port (1 to 65535) nor an absolute path inside (begin with /)"_p);
    return false;
  }
  return check_host(setting, leading(socket, begin));
}

void read_readiness(const Setting& setting) {
  Supervision& supervision = setting.spec.supervision;
  supervision.ready = Readiness::exec;
  supervision.ready_socket = {};
  std::string_view socket = setting.value;
  const std::string_view word = cut(socket, ':');
  const auto index = setting.choice(word, "exec fd socket notify");
  if (!index) return;
  const auto ready = static_cast<Readiness>(*index);
  if (ready == Readiness::socket) {
    if (socket.empty()) return setting.fault(word, "'@' lacks what to connect to (write @:/run/x.sock or @:8080)"_p);
    const auto kept = check_socket(setting, socket) ? setting.keep(socket) : std::nullopt;
    if (!kept) return;
    supervision.ready_socket = *kept;
  } else if (word.size() != setting.value.size()) {
    return setting.fault(socket, "nothing follows & (write & alone)"_p, word);
  }
  supervision.ready = ready;
}

}  // namespace

void read_ready(const Setting& setting) {
  if (setting.key == Key::ready) return read_readiness(setting);
  // Without a limit unless the operator knows one: a first start after an update may convert a data base for an hour,
  // and a limit of ours would make that a device that never comes up.
  std::uint64_t& timeout = setting.spec.supervision.start_timeout_ms;
  timeout = 0;
  if (setting.value.empty()) return;
  const auto time = setting.time(setting.value);
  if (!time) return;
  if (*time == 0) return setting.fault(setting.value, "'@' is over at once (write nothing for no limit)"_p);
  timeout = *time;
}

}  // namespace microctr

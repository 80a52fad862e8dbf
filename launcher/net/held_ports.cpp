#include "launcher/net/held_ports.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstring>

#include "launcher/base/sys.h"
#include "launcher/base/text.h"
#include "launcher/net/port_owner.h"
#include "launcher/spec/address.h"

namespace microctr {

namespace {

// Binds as who would listen on the address. `reuse`: also where ended connections still linger on the port.
Result<void> bind_to(int socket, const Address& host, std::uint16_t port, bool reuse) {
  if (reuse) TRY(sys::set_option(socket, SOL_SOCKET, SO_REUSEADDR, 1));
  if (host.family == AF_INET) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    std::memcpy(&address.sin_addr, host.bytes, sizeof address.sin_addr);
    return sys::bind(socket, &address, sizeof address);
  }
  sockaddr_in6 address = {};
  address.sin6_family = AF_INET6;
  address.sin6_port = htons(port);
  std::memcpy(&address.sin6_addr, host.bytes, sizeof address.sin6_addr);
  TRY(sys::set_option(socket, IPPROTO_IPV6, IPV6_V6ONLY, 1));
  return sys::bind(socket, &address, sizeof address);
}

Failed explain(const Error& error, const Address& host, const PortUse& use, std::uint16_t port, bool udp) {
  TextBuffer<256> which;
  format_address(host, which);
  which.add(" port ", unsigned{port}, udp ? "/udp" : "/tcp");
  if (!use.owner.empty()) which.add(", which ", use.owner, " has");
  const bool taken = error.code == EADDRINUSE;
  return fail(error.code, "hold"_p, which.text(),
              taken ? "stop who has it, or publish another port (ss -lnp lists all)"_p
                    : "the host address of publish must be one of this machine's, and the port not reserved"_p);
}

Result<Fd> hold_one(const Address& host, std::uint16_t port, bool udp) {
  auto socket = TRY(sys::open_socket(host.family, udp ? SOCK_DGRAM : SOCK_STREAM, 0));
  auto bound = bind_to(socket.get(), host, port, false);
  if (bound) return socket;
  PortUse use;
  if (bound.error().code == EADDRINUSE) {
    const Error first = bound.error();
    use = find_port_owner(port, udp);
    if (use.only_lingering) bound = bind_to(socket.get(), host, port, true);
    if (bound) {
      TRY(sys::set_option(socket.get(), SOL_SOCKET, SO_REUSEADDR, 0));  // else another one could bind beside us
      return socket;
    }
    return explain(first, host, use, port, udp);
  }
  return explain(bound.error(), host, use, port, udp);
}

}  // namespace

Result<void> HeldPorts::hold(const Publish& publish, std::uint8_t family) {
  Address host = publish.host;
  host.family = family;
  for (unsigned index = 0; index < publish.count; ++index) {
    static_assert(limits::ports == 256, "the message names it");
    if (count_ == sockets_.size()) return fail(0, "too many published ports (limit 256)"_p);
    sockets_[count_] = TRY(hold_one(host, static_cast<std::uint16_t>(publish.host_port + index), publish.udp));
    ++count_;
  }
  return {};
}

void HeldPorts::release() {
  while (count_ > 0) sockets_[--count_].close();
}

}  // namespace microctr

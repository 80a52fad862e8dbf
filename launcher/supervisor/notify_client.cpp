#include "launcher/supervisor/notify_client.h"

#include <cstddef>
#include <cstring>

#include "launcher/base/sys.h"
#include "launcher/base/text.h"

namespace microctr {

Result<void> NotifyClient::send(std::string_view message) const {
  if (!is_wanted()) return {};
  const bool is_abstract = begins_with(address_, '@');
  if (!is_abstract && !begins_with(address_, '/')) {
    return fail(EAFNOSUPPORT, "tell NOTIFY_SOCKET: it is neither a path nor @name"_p, address_);
  }
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  const std::size_t length = address_.size();
  if (length >= sizeof address.sun_path) return fail(ENAMETOOLONG, "tell NOTIFY_SOCKET"_p, address_);
  std::memcpy(address.sun_path, address_.c_str(), length);
  if (is_abstract) address.sun_path[0] = '\0';
  const Fd socket = TRY(sys::open_socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0));
  // An abstract name is as long as the address says (unix(7)).
  TRY(sys::connect(socket.get(), &address, offsetof(sockaddr_un, sun_path) + length));
  TRY(sys::send(socket.get(), message));
  return {};
}

Result<void> NotifyClient::reloading() const {
  // systemd passes over a time before that of its request: what is left of a millisecond is rounded up.
  TextBuffer<64> message("RELOADING=1\nMONOTONIC_USEC=", (sys::monotonic_ms() + 1) * 1000, '\n');
  return send(message.view());
}

Result<void> NotifyClient::status(std::string_view text) const {
  TextBuffer<256> message("STATUS=");
  for (const char character : leading(text, 200)) message.add(character == '\n' ? ' ' : character);
  message.add('\n');
  return send(message.view());
}

}  // namespace microctr

#include "launcher/supervisor/control.h"

#include <cstring>

#include "launcher/base/sys.h"
#include "launcher/base/text.h"

namespace microctr {

namespace {

Result<sockaddr_un> control_address(const Places& places) {
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  TextWriter path(address.sun_path);
  path.add(places.runtime, "/control");
  if (path.overflowed()) {
    return fail(ENAMETOOLONG, "use the control socket below"_p, places.runtime, "choose a shorter --runtime-dir"_p);
  }
  return address;
}

}  // namespace

Result<Fd> open_control(const Places& places) {
  const sockaddr_un address = TRY(control_address(places));
  const auto served = connect_control(places, SOCK_NONBLOCK);
  if (served || served.error().code == EAGAIN) return fail(EADDRINUSE, "serve the control socket"_p);
  remove_control(places);
  Fd socket = TRY(sys::open_socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0));
  TRY(sys::bind(socket.get(), &address, sizeof address));
  TRY(sys::listen(socket.get(), static_cast<int>(limits::clients)));
  return socket;
}

void remove_control(const Places& places) {
  TextBuffer<limits::path> path(places.runtime, "/control");
  (void)sys::remove_file(sys::working_directory, path.text());
}

Result<Fd> connect_control(const Places& places, int flags) {
  const sockaddr_un address = TRY(control_address(places));
  Fd socket = TRY(sys::open_socket(AF_UNIX, SOCK_SEQPACKET | flags, 0));
  TRY(sys::connect(socket.get(), &address, sizeof address));
  return socket;
}

Result<void> send_message(int connection, const ControlHeader& header, std::string_view payload) {
  static char message[limits::control_message + sizeof header];
  if (payload.size() > limits::control_message) return fail(E2BIG, "send a message"_p);
  std::memcpy(message, &header, sizeof header);
  if (!payload.empty()) std::memcpy(message + sizeof header, payload.data(), payload.size());
  TRY(sys::send(connection, {message, sizeof header + payload.size()}));
  return {};
}

Result<Message> receive_message(int connection, std::span<char> buffer) {
  const std::size_t size = TRY(sys::receive(connection, buffer));
  if (size == 0) return fail(ECONNRESET, "receive a message"_p);
  Message message;
  if (size < sizeof message.header || size > buffer.size()) return fail(EBADMSG, "receive a message"_p);
  std::memcpy(&message.header, buffer.data(), sizeof message.header);
  if (message.header.magic != ControlHeader::expected_magic ||
      message.header.version != ControlHeader::current_version) {
    return fail(EBADMSG, "receive a message of this version"_p);
  }
  message.payload = {buffer.data() + sizeof message.header, size - sizeof message.header};
  return message;
}

Result<Reply> call_control(int connection, Command command, std::string_view payload, std::span<char> buffer) {
  ControlHeader header;
  header.command = static_cast<std::uint16_t>(command);
  TRY(send_message(connection, header, payload));
  const Message reply = TRY(receive_message(connection, buffer));
  return Reply{reply.header.status, reply.payload};
}

}  // namespace microctr

#include "launcher/supervisor/log_outlets.h"

#include <cstring>

#include "launcher/base/bytes.h"
#include "launcher/base/limits.h"
#include "launcher/base/static_object.h"

namespace microctr {

namespace {

constexpr std::size_t message_size = outlet_text + limits::name + 64;

StaticObject<SystemLog> the_system_log;

void add_plain(TextWriter& text, std::string_view words) {
  Bytes<outlet_text> plain;
  std::size_t size = 0;
  for (const char character : leading(words, outlet_text)) {
    const auto byte = static_cast<unsigned char>(character);
    plain[size++] = (byte < 0x20 && byte != '\t') || byte == 0x7f ? '?' : character;
  }
  text.add(std::string_view(plain, size));
}

}  // namespace

void print_on_console(int console, CString name, std::string_view text) {
  TextBuffer<message_size> line("[", name, "] ");
  add_plain(line, text);
  line.add('\n');
  (void)sys::write(console, line.view());
}

Result<void> SystemLog::connect() {
  Fd socket = TRY(sys::open_socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0));
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  if (path_.size() >= sizeof address.sun_path) return fail(ENAMETOOLONG, "connect", path_);
  std::memcpy(address.sun_path, path_.c_str(), path_.size() + 1);
  const auto connected = sys::connect(socket.get(), &address, sizeof address);
  if (!connected) return connected.error().about(path_);
  socket_ = std::move(socket);
  patient_ = true;
  return {};
}

// The queue of a daemon holds as few as ten messages (net.unix.max_dgram_qlen): it gets a moment to read them, one for
// all lines that come together, and no second one before it has taken something.
Result<void> SystemLog::send_message(std::string_view message) {
  constexpr std::uint64_t moment_ms = 20;
  auto sent = sys::send(socket_.get(), message);
  if (!sent && sent.error().code == EAGAIN && patient_) {
    const std::uint64_t now = sys::monotonic_ms();
    if (patient_until_ms_ == 0) patient_until_ms_ = now + moment_ms;
    if (now < patient_until_ms_) (void)sys::poll_one(socket_.get(), POLLOUT, static_cast<int>(patient_until_ms_ - now));
    sent = sys::send(socket_.get(), message);
  }
  patient_ = static_cast<bool>(sent);
  if (!sent) return sent.error().about(path_);
  return {};
}

Result<void> SystemLog::send(CString name, pid_t pid, Stream stream, std::string_view text) {
  constexpr unsigned daemon = 3 << 3;
  constexpr unsigned error = 3;
  constexpr unsigned information = 6;
  TextBuffer<message_size> message("<", daemon | (stream == Stream::output ? information : error), ">", name);
  if (pid != 0) message.add('[', pid, ']');
  message.add(": ");
  add_plain(message, text);
  const bool fresh = !socket_;
  if (fresh) TRY(connect());
  auto sent = send_message(message.view());
  if (sent || sent.error().code == EAGAIN || fresh) return sent;
  socket_.close();
  TRY(connect());
  return send_message(message.view());
}

SystemLog& system_log() {
  return the_system_log.is_made() ? the_system_log.get() : the_system_log.make(CString("/dev/log"));
}

void set_system_log(CString path) { the_system_log.make(path); }

}  // namespace microctr

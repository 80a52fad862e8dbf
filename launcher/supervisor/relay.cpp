#include "launcher/supervisor/relay.h"

#include <fcntl.h>
#include <termios.h>

#include <algorithm>

#include "launcher/base/text.h"

namespace microctr {

namespace {

// Whoever shares our output did not ask for it to be non-blocking, so a terminal or pipe is opened once more. What
// cannot be, and a file, which would get a second position, is written to as it is.
Fd open_anew(int stream) {
  const auto status = sys::status(stream);
  if (!status || (!S_ISFIFO(status.value().mode) && !sys::is_terminal(stream))) return {};
  const TextBuffer<32> path("/proc/self/fd/", stream);
  auto opened = sys::open(path.text(), O_WRONLY | O_NONBLOCK | O_NOCTTY);
  return opened ? opened.take() : Fd();
}

bool would_block(const Error& error) { return error.code == EAGAIN; }

std::string_view bytes_of(const sys::WindowSize& size) { return {reinterpret_cast<const char*>(&size), sizeof size}; }

}  // namespace

bool Relay::ends_us(std::uint32_t signal) {
  return signal == SIGTERM || signal == SIGINT || signal == SIGHUP || signal == SIGQUIT;
}

Relay::Relay() {
  outputs_[0] = open_anew(1);
  outputs_[1] = open_anew(2);
}

void Relay::begin(Fd peer, Peer kind) {
  peer_ = std::move(peer);
  kind_ = kind;
  if (kind == Peer::listener) return;
  input_open_ = true;
  own_.take();
  if (own_.is_terminal()) resize();  // it may be another one than at the start
}

int Relay::output() const {
  const Fd& anew = outputs_[error_ ? 1 : 0];
  if (anew) return anew.get();
  return error_ ? 2 : 1;
}

void Relay::turn(int signals, int other) {
  enum : unsigned char { at_signals, at_other, at_input, at_peer, at_output, places };
  const bool reads = input_open_ && in_.empty() && (!own_.is_terminal() || own_.is_taken());
  const int wanted = (out_.empty() ? POLLIN : 0) | (in_.empty() ? 0 : POLLOUT);
  pollfd entries[places] = {{signals, POLLIN, 0},
                            {other, POLLIN, 0},
                            {reads ? 0 : -1, POLLIN, 0},
                            {wanted != 0 ? peer_.get() : -1, static_cast<short>(wanted), 0},
                            {out_.empty() ? -1 : output(), POLLOUT, 0}};
  const auto ready = sys::wait_for_any_of(entries, time_left());
  if (!ready) return;
  if (!ready.value()) return repeat_end();
  if (entries[at_output].revents != 0) write_output();
  if (entries[at_input].revents != 0) read_input();
  if (entries[at_peer].revents == 0) return;
  if (!in_.empty()) write_peer();
  if (peer_ && out_.empty()) read_peer();
}

void Relay::drain(int signals) {
  while (!cut_) {
    if (out_.empty() && peer_) read_peer();
    if (out_.empty()) return;
    pollfd entries[] = {{signals, POLLIN, 0}, {output(), POLLOUT, 0}};
    if (!sys::wait_for_any_of(entries, -1)) return;
    while (const auto signal = sys::read_signal(signals)) {
      if (ends_us(signal.value().ssi_signo)) return;
      (void)take_signal(static_cast<int>(signal.value().ssi_signo));
    }
    if (entries[1].revents != 0) write_output();
  }
}

bool Relay::take_signal(int signal) {
  if (signal == SIGCONT) own_.take();
  if (signal == SIGCONT || signal == SIGWINCH) resize();
  return signal == SIGCONT || signal == SIGWINCH || signal == SIGTTIN || signal == SIGTTOU;
}

void Relay::resize() {
  if (!peer_ || kind_ == Peer::listener) return;
  const sys::WindowSize size = OwnTerminal::size();
  if (kind_ == Peer::terminal) {
    (void)sys::set_window_size(peer_.get(), size);
    return;
  }
  ControlHeader header;
  header.command = static_cast<std::uint16_t>(Command::attach_window);
  (void)send_message(peer_.get(), header, bytes_of(size));
}

void Relay::read_input() {
  char* const bytes = in_bytes_;
  const auto size = sys::read(0, {bytes + 1, in_size - 1});  // one before it for a key that was held
  if (!size && would_block(size.error())) return;
  if (!size || size.value() == 0) return end_input();
  const bool has_keys = kind_ == Peer::supervisor && own_.is_taken();
  in_ = has_keys ? std::string_view(bytes, take_keys(bytes, size.value())) : std::string_view(bytes + 1, size.value());
  if (peer_ && !in_.empty()) write_peer();
}

// Takes `size` bytes from the second on; what is left of them begins at the first.
std::size_t Relay::take_keys(char* bytes, std::size_t size) {
  constexpr char control_p = 'P' & 0x1f;
  constexpr char control_q = 'Q' & 0x1f;
  std::size_t kept = 0;
  for (std::size_t at = 1; at <= size; ++at) {
    const char key = bytes[at];
    if (held_ && key == control_q) {
      detached_ = true;
      return kept;
    }
    if (held_) bytes[kept++] = control_p;
    held_ = key == control_p;
    if (!held_) bytes[kept++] = key;
  }
  return kept;
}

// Of a terminal it means that it has been hung up. Of anything else it is what a program shall read from its own.
void Relay::end_input() {
  input_open_ = false;
  if (own_.is_terminal()) {
    cut_ = true;
  } else if (kind_ == Peer::terminal) {
    end_due_ms_ = sys::monotonic_ms() + end_wait_ms_;
  }
}

int Relay::time_left() const {
  if (end_due_ms_ == UINT64_MAX || !peer_) return -1;
  const std::uint64_t now = sys::monotonic_ms();
  return end_due_ms_ <= now ? 0 : static_cast<int>(std::min<std::uint64_t>(end_due_ms_ - now, INT32_MAX));
}

// A terminal has no end of input, only a character that a reader takes for it, at the beginning of a line and in the
// mode of that moment: for one that comes too early it is lost. So it is said when what came before has been read, and
// again after twice the time.
void Relay::repeat_end() {
  const auto slave = sys::open_slave(peer_.get());
  const auto settings = sys::terminal_settings(peer_.get());
  if (!slave || !settings) {
    end_due_ms_ = UINT64_MAX;
    return;
  }
  end_wait_ms_ *= 2;
  end_due_ms_ = sys::monotonic_ms() + end_wait_ms_;
  const auto unread = sys::poll_one(slave.value().get(), POLLIN, 0);
  if (!in_.empty() || !unread || unread.value()) return;
  char* const bytes = in_bytes_;
  // The first ends a line that has no end, and is nothing else to a reader.
  const bool open_line = (settings.value().local & ICANON) != 0 && !ends_line_;
  bytes[0] = bytes[1] = static_cast<char>(settings.value().characters[VEOF]);
  ends_line_ = true;
  in_ = {bytes, open_line ? 2U : 1U};
  write_peer();
}

void Relay::write_peer() {
  if (kind_ == Peer::supervisor) {
    ControlHeader header;
    header.command = static_cast<std::uint16_t>(Command::attach_input);
    const auto sent = send_message(peer_.get(), header, in_);
    if (sent || !would_block(sent.error())) in_ = {};
    return;
  }
  ends_line_ = in_.back() == '\n';
  const auto size = sys::write(peer_.get(), in_);
  if (size) {
    in_.remove_prefix(size.value());
  } else if (!would_block(size.error())) {
    in_ = {};
    input_open_ = false;
  }
}

void Relay::read_peer() {
  if (kind_ != Peer::terminal) return read_message();
  char* const bytes = out_bytes_;
  const auto size = sys::read(peer_.get(), {bytes, out_size});
  if (!size && would_block(size.error())) return;
  if (!size || size.value() == 0) {
    peer_.close();  // EIO: nobody holds the other end any more
    return;
  }
  out_ = {bytes, size.value()};
}

void Relay::read_message() {
  const auto message = receive_message(peer_.get(), out_bytes_);
  if (!message) {
    if (!would_block(message.error())) peer_.close();
    return;
  }
  const ControlHeader& header = message.value().header;
  if (header.command == static_cast<std::uint16_t>(Command::attach_output)) {
    error_ = header.status != 0;
    out_ = message.value().payload;
  } else {
    ended_ = header.status;
    peer_.close();
  }
}

void Relay::write_output() {
  const auto size = sys::write(output(), out_);
  if (size) {
    out_.remove_prefix(size.value());
  } else if (!would_block(size.error())) {
    out_ = {};
    cut_ = true;
  }
}

}  // namespace microctr

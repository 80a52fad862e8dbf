// Attached clients of a Supervisor: each sees what a container writes, and types what it reads where it has a terminal.
//
// A client that does not keep up loses its copy, never the log's; input that the container does not read keeps its
// client waiting, and nobody else.

#include <cstring>

#include "launcher/base/sys.h"
#include "launcher/supervisor/supervisor.h"

namespace microctr {

namespace {

bool read_size(std::string_view bytes, sys::WindowSize& size) {
  if (bytes.size() != sizeof size) return false;
  std::memcpy(&size, bytes.data(), sizeof size);
  return true;
}

}  // namespace

void Supervisor::serve_attach(std::size_t index, std::string_view payload) {
  std::size_t attached = 0;
  for (const Client& other : clients_)
    attached += other.connection && (other.waits == Waits::attached || other.waits == Waits::events) ? 1 : 0;
  if (attached >= limits::attached) return refuse(index, 1, "too many are attached (limit 24)"_p);
  sys::WindowSize size;
  if (!read_size(leading(payload, sizeof size), size)) return refuse(index, 2, "the message is too short"_p);
  const auto container = find_running(after(payload, sizeof size));
  if (!container) return refuse(index, 1, "no such container is running"_p);
  Client& client = clients_[index];
  client.waits = Waits::attached;
  client.container = *container;
  ControlHeader header;
  header.command = static_cast<std::uint16_t>(Command::attach);
  (void)send_message(client.connection.get(), header, roster_[*container].terminal ? "t" : "");
  resize(*container, size);
}

std::optional<std::uint32_t> Supervisor::find_running(std::string_view name) const {
  const auto place = roster_.find(name);
  if (!place || roster_[*place].session.state.phase != Phase::running) return {};
  return place;
}

void Supervisor::resize(std::uint32_t index, const sys::WindowSize& size) {
  const Container& container = roster_[index];
  if (container.terminal && container.streams.output) (void)sys::set_window_size(container.streams.output.get(), size);
}

void Supervisor::hear_attached(std::size_t index, const Message& message) {
  Client& client = clients_[index];
  sys::WindowSize size;
  switch (static_cast<Command>(message.header.command)) {
    case Command::attach_window:
      if (read_size(message.payload, size)) resize(client.container, size);
      return;
    case Command::attach_input:
      if (message.payload.size() > limits::attach_message || client.typed != 0) return;
      std::memcpy(typed_[index].data(), message.payload.data(), message.payload.size());
      client.typed = static_cast<std::uint32_t>(message.payload.size());
      client.typed_at = 0;
      if (type(index)) return;
      // No more of it is heard until the container reads again, but for its end.
      watch_client(index, 0);
      watch_terminal(client.container, EPOLLIN | EPOLLOUT);
      return;
    default: return;
  }
}

// Writes what the client has typed; false: the terminal does not take all of it now.
bool Supervisor::type(std::size_t index) {
  Client& client = clients_[index];
  const Container& container = roster_[client.container];
  while (client.typed != 0 && container.terminal && container.streams.output) {
    const auto size =
        sys::write(container.streams.output.get(), {typed_[index].data() + client.typed_at, client.typed});
    if (!size && size.error().code == EAGAIN) return false;
    if (!size) break;
    client.typed_at += static_cast<std::uint32_t>(size.value());
    client.typed -= static_cast<std::uint32_t>(size.value());
  }
  client.typed = 0;
  return true;
}

// Everybody whose input waits, in turn.
void Supervisor::type_waiting(std::uint32_t container) {
  if (!roster_[container].typed) return;
  bool all = true;
  for (std::size_t index = 0; index < clients_.size(); ++index) {
    const Client& client = clients_[index];
    if (!client.connection || client.waits != Waits::attached || client.container != container || client.typed == 0)
      continue;
    if (!type(index)) {
      all = false;
      continue;
    }
    watch_client(index, EPOLLIN);
  }
  if (all) watch_terminal(container, EPOLLIN);
}

void Supervisor::watch_client(std::size_t index, std::uint32_t events) {
  const int connection = clients_[index].connection.get();
  (void)sys::unwatch(epoll_.get(), connection);
  (void)sys::watch(epoll_.get(), connection, events, tag(Kind::client, index));
}

void Supervisor::watch_terminal(std::uint32_t index, std::uint32_t events) {
  Container& container = roster_[index];
  container.typed = (events & EPOLLOUT) != 0;
  if (!container.streams.output) return;
  (void)sys::unwatch(epoll_.get(), container.streams.output.get());
  (void)sys::watch(epoll_.get(), container.streams.output.get(), events, tag(Kind::output, index));
}

void Supervisor::show(std::uint32_t container, Stream stream, std::string_view bytes) {
  ControlHeader header;
  header.command = static_cast<std::uint16_t>(Command::attach_output);
  header.status = stream == Stream::error ? 1 : 0;
  for (const Client& client : clients_) {
    if (client.connection && client.waits == Waits::attached && client.container == container)
      (void)send_message(client.connection.get(), header, bytes);
  }
}

// Its process has opened a terminal, and this is our end of it.
void Supervisor::take_terminal(std::uint32_t index) {
  Container& container = roster_[index];
  if (!container.session.terminal) return;
  container.streams.output = std::move(container.session.terminal);
  container.terminal = true;
  watch_terminal(index, EPOLLIN);
}

}  // namespace microctr

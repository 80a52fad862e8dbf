// The clients of a Supervisor: whoever holds a connection to the control socket, and what they ask for.

#include "launcher/base/sys.h"
#include "launcher/supervisor/supervisor.h"

namespace microctr {

void Supervisor::accept_clients() {
  while (true) {
    auto connection = sys::accept(control_.get());
    if (!connection) return;
    const auto peer = sys::peer_of(connection.value().get());
    const bool allowed = peer && (peer.value().user == 0 || peer.value().user == sys::user_id());
    if (!allowed) continue;
    std::size_t index = 0;
    while (index < clients_.size() && clients_[index].connection) ++index;
    if (index == clients_.size()) continue;  // it sees the end of the connection and may come again
    clients_[index] = Client{connection.take(), Waits::no, 0};
    (void)sys::watch(epoll_.get(), clients_[index].connection.get(), EPOLLIN, tag(Kind::client, index));
  }
}

void Supervisor::serve(std::size_t index) {
  static char buffer[limits::control_message + sizeof(ControlHeader)];
  Client& client = clients_[index];
  if (!client.connection) return;
  const auto message = receive_message(client.connection.get(), buffer);
  if (!message) {
    if (message.error().code == EAGAIN) return;
    if (message.error().code == EBADMSG) {
      refuse(index, 2, "the control message is not one of this version"_p);
    } else {
      client.connection.close();  // gone; what it started goes on
    }
    return;
  }
  if (client.waits == Waits::attached) return hear_attached(index, message.value());
  if (client.waits != Waits::no) return;  // one request for each connection
  const auto command = static_cast<Command>(message.value().header.command);
  switch (command) {
    case Command::start: serve_start(index, message.value().payload); return;
    case Command::stop: serve_stop(index, message.value().payload); return;
    case Command::poweroff:
    case Command::reboot:
    case Command::halt: serve_ending(index, command); return;
    case Command::attach: serve_attach(index, message.value().payload); return;
    case Command::attach_input:
    case Command::attach_window:
    case Command::attach_output:
    case Command::restart:
    case Command::kill:
    case Command::pause:
    case Command::resume:
    case Command::reload:
    case Command::reexec:
    case Command::events: break;
  }
  refuse(index, 2, "unknown command"_p);
}

void Supervisor::serve_start(std::size_t client, std::string_view config) {
  if (going_down_) {
    refuse(client, 125, "the supervisor is going down"_p);
    return;
  }
  Failure failure;
  std::uint32_t container = 0;
  if (!start(config, container, failure)) {
    reply(client, failure.status, failure.text.view());
    return;
  }
  clients_[client].waits = Waits::start;
  clients_[client].container = container;
}

void Supervisor::serve_stop(std::size_t client, std::string_view name) {
  for (std::uint32_t index = 0; index < containers_.size(); ++index) {
    Container& container = containers_[index];
    if (!container.used || container.session.name() != name) continue;
    clients_[client].waits = Waits::stop;
    clients_[client].container = index;
    stop(container);
    return;
  }
  refuse(client, 1, "no such container is running"_p);
}

void Supervisor::serve_ending(std::size_t client, Command command) {
  if (role_ != Role::process_one) {
    refuse(client, 1, "microctr is not process 1 here"_p);
    return;
  }
  ending_ = command == Command::poweroff ? Ending::poweroff
            : command == Command::reboot ? Ending::reboot
                                         : Ending::halt;
  reply(client, 0, {});
  stop_all();
}

void Supervisor::reply(std::size_t index, int status, std::string_view text) {
  ControlHeader header;
  header.status = status;
  (void)send_message(clients_[index].connection.get(), header, text);
  clients_[index].connection.close();
  clients_[index].waits = Waits::no;
  idle_deadline_ms_ = 0;  // the grace was for the first request
}

void Supervisor::refuse(std::size_t index, int status, Phrase why) {
  TextBuffer<128> text(why);
  reply(index, status, text.view());
}

void Supervisor::reply_waiting(std::uint32_t container, Waits waits, int status, std::string_view text) {
  for (std::size_t index = 0; index < clients_.size(); ++index) {
    const Client& client = clients_[index];
    if (client.connection && client.waits == waits && client.container == container) reply(index, status, text);
  }
}

}  // namespace microctr

// The clients of a Supervisor: whoever holds a connection to the control socket, and what they ask for.

#include <algorithm>
#include <cstring>

#include "launcher/base/log.h"
#include "launcher/base/sys.h"
#include "launcher/supervisor/stopped_mark.h"
#include "launcher/supervisor/supervisor.h"

namespace microctr {

// Where all are taken, one that has asked for nothing yet gives way, each in its turn.
std::size_t Supervisor::place_for_client() {
  for (std::size_t index = 0; index < clients_.size(); ++index) {
    if (!clients_[index].connection) return index;
  }
  for (std::size_t tried = 0; tried < clients_.size(); ++tried) {
    next_silent_ = (next_silent_ + 1) % clients_.size();
    if (clients_[next_silent_].waits == Waits::no) return next_silent_;
  }
  return clients_.size();
}

void Supervisor::accept_clients() {
  while (true) {
    auto connection = sys::accept(control_.get());
    if (!connection) return;
    const auto peer = sys::peer_of(connection.value().get());
    const bool allowed = peer && (peer.value().user == 0 || peer.value().user == sys::user_id());
    if (!allowed) continue;
    const std::size_t index = place_for_client();
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
  const std::string_view payload = message.value().payload;
  const auto command = static_cast<Command>(message.value().header.command);
  switch (command) {
    case Command::start: return serve_start(index, payload);
    case Command::stop: return serve_stop(index, payload, {});
    case Command::stop_within: return serve_stop_within(index, payload);
    case Command::restart: return serve_restart(index, payload);
    case Command::kill: return serve_kill(index, payload);
    case Command::pause: return serve_pause(index, payload, Freeze::freeze);
    case Command::resume: return serve_pause(index, payload, Freeze::thaw);
    case Command::reload: return serve_reload(index);
    case Command::reexec: return serve_reexec(index, payload);
    case Command::events: return serve_events(index);
    case Command::poweroff:
    case Command::reboot:
    case Command::halt: return serve_ending(index, command);
    case Command::attach: return serve_attach(index, payload);
    case Command::attach_input:
    case Command::attach_window:
    case Command::attach_output: break;
  }
  refuse(index, 2, "unknown command"_p);
}

// One that has no process yet gets this configuration, and starts without its delay.
void Supervisor::serve_start(std::size_t client, std::string_view config) {
  if (going_down_) return refuse(client, 125, "the supervisor is going down"_p);
  Failure failure;
  failure.status = 2;
  const auto request = decode_request(config);
  if (!request || !read_request(request.value(), workbench()))
    return refuse(client, 2, "the configuration is not valid: microctr check says more"_p);
  const auto found = roster_.obtain(workbench().spec.name);
  if (!found) return refuse(client, 125, "too many containers (limit 1024)"_p);
  const std::uint32_t place = *found;
  Container& container = roster_[place];
  failure.status = 125;
  const bool runs = has_process(container.life) && container.life != Life::stopping;
  if (runs) return refuse(client, 125, "start: a container of this name is running"_p);
  if (!take_upkeep(place, workbench().spec, failure) || !admit(place, config, failure)) {
    reply(client, failure.status, failure.text.view());
    if (!container.session.record && !container.configured) roster_.forget(place);
    return;
  }
  container.session.state.stop_asked = false;
  if (container.upkeep.restart == RestartPolicy::unless_stopped) (void)unmark_stopped(places_, container.name());
  clients_[client].waits = Waits::start;
  clients_[client].container = place;
  const bool waits = container.life == Life::waiting;
  apply(place, LifeEvent::start);
  if (waits) look(place);
}

void Supervisor::serve_stop_within(std::size_t client, std::string_view payload) {
  std::uint64_t timeout_ms = 0;
  if (payload.size() <= sizeof timeout_ms) return refuse(client, 2, "the message is too short"_p);
  std::memcpy(&timeout_ms, payload.data(), sizeof timeout_ms);
  serve_stop(client, after(payload, sizeof timeout_ms), timeout_ms);
}

void Supervisor::serve_stop(std::size_t client, std::string_view name, std::optional<std::uint64_t> timeout_ms) {
  const auto place = roster_.find(name);
  if (!place || roster_[*place].life == Life::done || roster_[*place].life == Life::failed)
    return refuse(client, 1, "no such container is running"_p);
  Container& container = roster_[*place];
  clients_[client].waits = Waits::stop;
  clients_[client].container = *place;
  container.session.state.stop_asked = true;
  if (container.upkeep.restart == RestartPolicy::unless_stopped) {
    if (const auto marked = mark_stopped(places_, container.name()); !marked)
      log_failure(container.name(), marked.error());  // it comes back with the next boot
  }
  apply(*place, LifeEvent::stop);
  const std::uint64_t now = sys::monotonic_ms();
  if (timeout_ms && container.used && has_process(container.life) && container.due_ms != UINT64_MAX)
    container.due_ms = std::min(now + *timeout_ms, UINT64_MAX - 1);
}

void Supervisor::serve_restart(std::size_t client, std::string_view name) {
  if (going_down_) return refuse(client, 125, "the supervisor is going down"_p);
  const auto place = roster_.find(name);
  if (!place || !roster_[*place].known) return refuse(client, 1, "no such container is known here (start it)"_p);
  Container& container = roster_[*place];
  if (container.life == Life::starting || container.life == Life::waiting)
    return refuse(client, 1, "it is just starting"_p);
  container.session.state.restarts = 0;
  container.session.state.stop_asked = false;
  clients_[client].waits = Waits::start;
  clients_[client].container = *place;
  apply(*place, LifeEvent::restart);
}

std::optional<std::uint32_t> Supervisor::find_process(std::string_view name) const {
  const auto place = roster_.find(name);
  if (!place || !has_process(roster_[*place].life)) return {};
  return place;
}

void Supervisor::serve_kill(std::size_t client, std::string_view payload) {
  std::int32_t signal = 0;
  if (payload.size() <= sizeof signal) return refuse(client, 2, "the message is too short"_p);
  std::memcpy(&signal, payload.data(), sizeof signal);
  const auto place = find_process(after(payload, sizeof signal));
  if (!place) return refuse(client, 1, "no such container is running"_p);
  Container& container = roster_[*place];
  const auto sent = sys::signal_process(container.session.pidfd.get(), signal);
  if (!sent) return refuse(client, 1, sent.error().code == EINVAL ? "no such signal"_p : "its process has ended"_p);
  tell(*place, EventKind::kill, signal);
  reply(client, 0, {});
  // What is killed while it stands still could not end.
  if (signal == SIGKILL && container.session.state.paused) (void)freeze(*place, Freeze::thaw);
}

Result<void> Supervisor::freeze(std::uint32_t place, Freeze wanted) {
  Container& container = roster_[place];
  RecordPath record(places_, container.name());
  if (wanted == Freeze::freeze) container.checker.pause();
  const auto frozen = set_frozen(record.text(), wanted, freeze_timeout_ms);
  if (!frozen || wanted == Freeze::thaw) container.checker.resume(sys::monotonic_ms());
  TRY(frozen);
  container.session.state.paused = wanted == Freeze::freeze;
  TRY(container.session.record.write_state(container.session.state));
  tell(place, wanted == Freeze::freeze ? EventKind::pause : EventKind::resume);
  return {};
}

void Supervisor::serve_pause(std::size_t client, std::string_view name, Freeze wanted) {
  const auto place = find_running(name);
  if (!place) return refuse(client, 1, "no such container is running"_p);
  if (roster_[*place].session.state.paused == (wanted == Freeze::freeze))
    return refuse(client, 1, wanted == Freeze::freeze ? "it is paused already"_p : "it is not paused"_p);
  const auto done = freeze(*place, wanted);
  if (done) return reply(client, 0, {});
  Failure failure;
  format_error(done.error(), failure.text);
  reply(client, 1, failure.text.view());
}

void Supervisor::serve_reload(std::size_t client) {
  if (configurations_ == nullptr)
    return refuse(client, 1, "this supervisor has no directory of configurations (microctr supervise has)"_p);
  if (going_down_) return refuse(client, 125, "the supervisor is going down"_p);
  TextBuffer<256> summary;
  reload(summary);
  reply(client, broken_ ? 2 : 0, summary.view());
}

void Supervisor::serve_events(std::size_t client) {
  const auto following = std::count_if(clients_.begin(), clients_.end(), [](const Client& other) {
    return other.connection && (other.waits == Waits::events || other.waits == Waits::attached);
  });
  if (static_cast<std::size_t>(following) >= limits::attached)
    return refuse(client, 1, "too many follow or are attached (limit 24)"_p);
  clients_[client].waits = Waits::events;
}

void Supervisor::serve_ending(std::size_t client, Command command) {
  if (role_ != Role::process_one) {
    refuse(client, 1, "microctr is not process 1 here"_p);
    return;
  }
  reply(client, 0, {});
  go_down(command == Command::poweroff ? Ending::poweroff : command == Command::reboot ? Ending::reboot : Ending::halt);
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

bool Supervisor::has_waiting(std::uint32_t container, Waits waits) const {
  return std::any_of(clients_.begin(), clients_.end(), [&](const Client& client) {
    return client.connection && client.waits == waits && client.container == container;
  });
}

void Supervisor::reply_waiting(std::uint32_t container, Waits waits, int status, std::string_view text) {
  for (std::size_t index = 0; index < clients_.size(); ++index) {
    const Client& client = clients_[index];
    if (client.connection && client.waits == waits && client.container == container) reply(index, status, text);
  }
}

}  // namespace microctr

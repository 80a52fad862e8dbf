// attach: our streams and those of a running background container, through its supervisor.
//
// It gives the container nothing: bytes move, and the container ends only by its own decision, or by what is typed
// into its terminal.

#include <cstring>

#include "launcher/base/bytes.h"
#include "launcher/base/log.h"
#include "launcher/cli/verbs.h"
#include "launcher/container/runtime_lock.h"
#include "launcher/supervisor/record.h"
#include "launcher/supervisor/relay.h"

namespace microctr {

namespace {

// The supervisor's word, or what the record says of its end; the supervisor may have been killed before.
int end_of(const Places& places, CString name, const Relay& relay) {
  if (relay.ended()) return *relay.ended();
  const auto state = read_state(places, name);
  if (state && state.value().phase == Phase::exited) return state.value().status;
  return complain(name, fail(0, "attach: its supervisor has ended"_p), 1);
}

int relay_until_end(const Places& places, CString name, Fd connection, Relay::Peer kind) {
  Relay relay;
  const auto signals = sys::open_signals();
  if (!signals) return complain(name, signals.error(), 1);
  relay.begin(std::move(connection), kind);
  while (relay.has_peer() && !relay.is_cut() && !relay.is_detached()) {
    relay.turn(signals.value().get(), -1);
    while (const auto signal = sys::read_signal(signals.value().get())) {
      const auto number = static_cast<int>(signal.value().ssi_signo);
      if (Relay::ends_us(signal.value().ssi_signo)) return 128 + number;
      (void)relay.take_signal(number);
    }
  }
  if (relay.is_cut()) return 128 + SIGHUP;
  if (relay.is_detached()) return 0;
  relay.drain(signals.value().get());
  relay.give_back();
  return end_of(places, name, relay);
}

// Asks to be attached; `terminal`: whether it has one. A refusal is its reply.
Result<Reply> ask(int connection, CString name, std::span<char> buffer, bool& accepted) {
  Bytes<sizeof(sys::WindowSize) + limits::name> request;
  const sys::WindowSize size = OwnTerminal::size();
  std::memcpy(request.data(), &size, sizeof size);
  std::memcpy(request.data() + sizeof size, name.c_str(), name.size());
  ControlHeader header;
  header.command = static_cast<std::uint16_t>(Command::attach);
  TRY(send_message(connection, header, {request.data(), sizeof size + name.size()}));
  const Message answer = TRY(receive_message(connection, buffer));
  accepted = answer.header.command == static_cast<std::uint16_t>(Command::attach);
  return Reply{answer.header.status, answer.payload};
}

}  // namespace

int verb_attach(const Invocation& invocation) {
  const Places& places = invocation.places;
  const CString name = invocation.arguments[0];
  const auto state = contains(name.view(), '/') || name.size() > limits::name ? Result<State>(fail(0, "name"))
                                                                              : read_state(places, name);
  if (!state) return complain(name, fail(0, "no such container"_p), 1);
  if (state.value().foreground)
    return complain(name, fail(0, "attach: it is in the foreground of the run that started it"_p), 1);
  const auto checked = RuntimeLock::check(places.runtime);  // nobody else's socket is talked to
  if (!checked) return complain(name, checked.error(), 1);
  auto connection = connect_control(places);
  if (!connection) return complain(name, fail(0, "attach: it is not running"_p), 1);
  sys::block_all_signals();
  Bytes<1024> buffer;
  bool accepted = false;
  const auto reply = ask(connection.value().get(), name, buffer, accepted);
  if (!reply) return complain(name, reply.error(), 1);
  if (!accepted) {
    log_error(name, reply.value().text);
    return reply.value().status;
  }
  const bool terminal = reply.value().text == "t";
  if (!terminal)
    log_error(name, "attach: it has no terminal (tty = yes): its output follows, its input is not connected"_p);
  (void)sys::set_non_blocking(connection.value().get());
  return relay_until_end(places, name, connection.take(), terminal ? Relay::Peer::supervisor : Relay::Peer::listener);
}

}  // namespace microctr

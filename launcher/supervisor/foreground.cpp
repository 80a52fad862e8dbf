#include "launcher/supervisor/foreground.h"
#include "launcher/base/log.h"

#include "launcher/base/sys.h"
#include "launcher/supervisor/name_follower.h"
#include "launcher/supervisor/relay.h"

namespace microctr {

namespace {

bool ends_a_process(int signal) {
  return signal == SIGTERM || signal == SIGINT || signal == SIGHUP || signal == SIGQUIT;
}

// A first process that does not know the signal would never see it; what the sender meant is its end.
void forward(const Session& session, int signal) {
  if (signal == SIGCHLD || signal == SIGPIPE) return;
  const bool deaf = ends_a_process(signal) && !handles_signal(session.state.pid, signal);
  (void)sys::signal_process(session.pidfd.get(), deaf ? SIGKILL : signal);
}

// `ended` becomes true when the container's first process was among the ended ones.
bool has_ended(const Session& session, int& status) {
  while (true) {
    const auto child = sys::wait_for_any(false);
    if (!child || child.value().pid == 0) return false;
    if (child.value().pid == session.state.pid) {
      status = child.value().status;
      return true;
    }
  }
}

// What deeper calls have left on the stack: from here on there are none like them until the end.
[[gnu::noinline]] void forget_stack() {
  constexpr std::size_t depth = 120 * 1024;
  constexpr std::size_t in_use = 4096;  // by what is called here
  sys::forget_pages(static_cast<char*>(__builtin_frame_address(0)) - depth, depth - in_use);
}

// False: nothing has happened for so long.
bool wait_for_signals(const Session& session, std::uint64_t patience_ms, int& status) {
  while (!has_ended(session, status)) {
    const auto signal = sys::wait_signal(patience_ms);
    if (signal) {
      forward(session, signal.value().si_signo);
    } else if (signal.error().code == EAGAIN) {
      return false;
    }
  }
  return true;
}

// The same, with an eye on what its files of names are made of. False: the kernel has no descriptor left for that.
bool wait_and_follow(const Places& places, Session& session, int& status) {
  NameFollower follower;
  if (!follower.open(places)) return false;
  const auto signals = sys::open_signals();
  if (!signals) return false;
  refresh_session(places, session);  // what has changed since it was started
  while (!has_ended(session, status)) {
    (void)sys::wait_two(signals.value().get(), follower.descriptor(), -1);
    while (const auto signal = sys::read_signal(signals.value().get())) {
      forward(session, static_cast<int>(signal.value().ssi_signo));
    }
    if ((follower.take_changes() & session.names.follows) != 0) refresh_session(places, session);
  }
  return true;
}

// With a terminal: the relay, beside all that `wait_and_follow` does. Without a follower its names stay as they are.
void wait_and_relay(const Places& places, Session& session, Relay& relay, int& status) {
  NameFollower follower;
  const bool follows = session.names.follows != 0 && follower.open(places);
  const auto signals = sys::open_signals();
  if (!signals) {
    forward(session, SIGKILL);
    wait_for_signals(session, UINT64_MAX, status);
    return;
  }
  if (follows) refresh_session(places, session);
  relay.begin(std::move(session.terminal), Relay::Peer::terminal);
  while (!has_ended(session, status)) {
    relay.turn(signals.value().get(), follower.descriptor());
    while (const auto signal = sys::read_signal(signals.value().get())) {
      const auto number = static_cast<int>(signal.value().ssi_signo);
      if (!relay.take_signal(number)) forward(session, number);
    }
    if (relay.is_cut() && relay.has_peer()) {  // as when a terminal is closed
      relay.hang_up();
      forward(session, SIGHUP);
    }
    if (follows && (follower.take_changes() & session.names.follows) != 0) refresh_session(places, session);
  }
  relay.drain(signals.value().get());
}

// Its words can wait for the end of the set-up: to wake us for each costs the process more than the word itself. One
// that takes long may not be wanted any more: then it is killed, and this is the signal that said so.
int wait_for_set_up(const Session& session) {
  constexpr int look_ms = 2'000;
  while (true) {
    const auto done = sys::poll_one(session.channel.get(), POLLRDHUP, look_ms);
    if (!done || done.value()) return 0;
    for (auto signal = sys::wait_signal(0); signal; signal = sys::wait_signal(0)) {
      const int number = signal.value().si_signo;
      if (!ends_a_process(number)) continue;
      (void)sys::signal_process(session.pidfd.get(), SIGKILL);
      return number;
    }
  }
}

}  // namespace

bool run_foreground(const Places& places, Workbench& bench, std::string_view config, int& status, Failure& failure) {
  sys::block_all_signals();
  Session session;
  session.set_name(bench.spec.name);
  const bool terminal = bench.spec.terminal;
  Streams streams;
  if (terminal) streams.window = OwnTerminal::size();
  if (const auto claimed = claim_session(places, config, Owner::foreground, session); !claimed) {
    failure.text.clear();
    format_error(claimed.error(), failure.text);
    return false;
  }
  const bool begun = begin_session(places, bench, streams, Outlives::no, session, failure);
  const int signal = begun ? wait_for_set_up(session) : 0;
  if (!begun || hear_session(places, session, failure) == Word::failed) {
    if (signal != 0) {
      failure.status = 128 + signal;
      failure.text.clear();
      failure.text.add("ended by signal "_p, signal, " before its set-up was done"_p);
    }
    (void)drop_session(places, session);
    return false;
  }
  // What ends at once needs no following: that would be a third of its system calls.
  constexpr std::uint64_t short_life_ms = 1000;
  const bool follows = session.names.follows != 0;
  if (terminal) {
    Relay relay;
    wait_and_relay(places, session, relay, status);
  } else if (!wait_for_signals(session, short_life_ms, status)) {
    forget_workbench();
    forget_stack();
    if (!follows || !wait_and_follow(places, session, status)) wait_for_signals(session, UINT64_MAX, status);
  }
  session.state.status = status;
  if (const auto undone = drop_session(places, session); !undone) {
    failure.text.clear();
    format_error(undone.error(), failure.text);
    return false;
  }
  return true;
}

}  // namespace microctr

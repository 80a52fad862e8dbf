// exec: another program in a running container; standard streams pass through, signals are forwarded.

#include "launcher/base/bytes.h"
#include "launcher/base/log.h"
#include "launcher/base/sys.h"
#include "launcher/cli/config_file.h"
#include "launcher/cli/verbs.h"
#include "launcher/container/freeze.h"
#include "launcher/container/join.h"
#include "launcher/supervisor/client.h"
#include "launcher/supervisor/relay.h"

namespace microctr {

namespace {

int wait_for_program(const Launched& launched) {
  while (true) {
    const auto ended = sys::wait_for_any(false);
    if (ended && ended.value().pid == launched.pid) return ended.value().status;
    const auto signal = sys::wait_signal(UINT64_MAX);
    if (signal && signal.value().si_signo != SIGCHLD) {
      (void)sys::signal_process(launched.pidfd.get(), signal.value().si_signo);
    }
  }
}

int relay_program(const Launched& launched, Relay& relay, Fd terminal) {
  const auto signals = sys::open_signals();
  if (!signals) {
    (void)sys::signal_process(launched.pidfd.get(), SIGKILL);
    return wait_for_program(launched);
  }
  relay.begin(std::move(terminal), Relay::Peer::terminal);
  auto ended = sys::wait_for_any(false);
  for (; !ended || ended.value().pid != launched.pid; ended = sys::wait_for_any(false)) {
    relay.turn(signals.value().get(), -1);
    while (const auto signal = sys::read_signal(signals.value().get())) {
      const auto number = static_cast<int>(signal.value().ssi_signo);
      if (number != SIGCHLD && !relay.take_signal(number)) (void)sys::signal_process(launched.pidfd.get(), number);
    }
    if (relay.is_cut() && relay.has_peer()) relay.hang_up();  // it gets SIGHUP
  }
  relay.drain(signals.value().get());
  return ended.value().status;
}

}  // namespace

int verb_exec(const Invocation& invocation) {
  const CString name = invocation.arguments[0];
  if (invocation.program.empty()) {
    log_error({}, "usage: microctr exec [-it] NAME COMMAND..."_p);
    return usage_error;
  }
  const auto state = read_state(invocation.places, name);
  if (!state) return complain(name, fail(0, "no such container"_p), 1);
  if (state.value().phase != Phase::running) {
    return complain(name, fail(0, "exec: it is not running"_p), 1);
  }
  const auto pidfd = open_first_process(state.value());
  if (!pidfd) return complain(name, pidfd.error(), 1);

  StartRequest request;
  Failure failure;
  Workbench& bench = workbench();
  if (!load_recorded_config(invocation.places, name, request, failure) || !read_request(request, bench)) {
    return complain(name, fail(EINVAL, "read the recorded configuration"_p), 125);
  }
  if (const auto planned = plan_request(invocation.places, bench); !planned)
    return complain(name, planned.error(), 125);

  RecordPath record(invocation.places, name);
  if (const auto stands = is_frozen(record.text()); stands && stands.value()) {  // it would be born frozen
    return complain(name, fail(0, "exec: it is paused"_p, {}, "let it go on first: microctr resume"_p), 1);
  }
  sys::block_all_signals();
  JoinTarget target{bench.plan,          bench.facts,       record.text(),
                    pidfd.value().get(), state.value().pid, invocation.program.view()};
  target.terminal = invocation.terminal;
  if (invocation.terminal) {
    target.window = OwnTerminal::size();
    (void)target.file_environment.push(default_terminal);
  }
  if (const auto read = read_kept_environment(bench.plan, record.text(), bench.arena, target.file_environment); !read)
    return complain(name, read.error(), 125);
  Relay relay;
  const auto joined = join(target);
  if (!joined) return complain(name, joined.error(), 125);
  Bytes<1024> buffer;
  bool at_exec = false;
  Fd terminal;
  const auto outcome = hear_outcome(joined.value().channel.get(), buffer, at_exec, terminal);
  if (!outcome) return complain(name, outcome.error(), 125);
  if (!outcome.value().runs) {
    log_error(name, outcome.value().text);
    (void)sys::wait_for(joined.value().pidfd.get());
    return outcome.value().status;
  }
  return terminal ? relay_program(joined.value(), relay, std::move(terminal)) : wait_for_program(joined.value());
}

}  // namespace microctr

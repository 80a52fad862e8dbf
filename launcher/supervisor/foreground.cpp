#include "launcher/supervisor/foreground.h"
#include "launcher/base/log.h"

#include "launcher/base/sys.h"

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

}  // namespace

bool run_foreground(const Places& places, Workbench& bench, std::string_view config, int& status, Failure& failure) {
  sys::block_all_signals();
  Session session;
  if (!begin_session(places, bench, config, Owner::foreground, Streams{}, session, failure)) return false;
  if (hear_session(places, session, failure) == Word::failed) return false;
  while (!has_ended(session, status)) {
    const auto signal = sys::wait_signal(UINT64_MAX);
    if (signal) forward(session, signal.value().si_signo);
  }
  const auto undone = end_session(places, session, status);
  if (!undone) {
    failure.text.clear();
    format_error(undone.error(), failure.text);
    return false;
  }
  return true;
}

}  // namespace microctr

#include "launcher/supervisor/client.h"

#include <fcntl.h>

#include "launcher/base/bytes.h"
#include "launcher/base/static_object.h"
#include "launcher/base/sys.h"
#include "launcher/container/freeze.h"
#include "launcher/container/process_time.h"
#include "launcher/container/runtime_lock.h"
#include "launcher/supervisor/supervisor.h"

namespace microctr {

namespace {

Bytes<limits::control_message + sizeof(ControlHeader)> reply_buffer;

// The shared supervisor's whole life, in a process of its own that nobody waits for.
[[noreturn]] void supervise(const Places& places, Fd control) {
  (void)sys::new_session();
  sys::block_all_signals();
  (void)sys::change_directory("/");
  const auto null = sys::open("/dev/null", O_RDWR);
  if (!null) sys::exit(125);
  // Standard error stays with nobody: what a client asked for is answered to the client.
  for (int stream = 0; stream <= 2; ++stream) (void)sys::duplicate(null.value().get(), stream);
  const int kept = 3;
  if (control.get() != kept) {
    (void)sys::duplicate_closing(control.get(), kept);
    (void)control.release();
    control = Fd(kept);
  }
  (void)sys::close_from(kept + 1);
  static StaticObject<Supervisor> storage;
  Supervisor& supervisor = storage.make(places, Role::shared);
  if (!supervisor.open(std::move(control))) sys::exit(125);
  supervisor.begin();
  (void)supervisor.run();
  if (const auto lock = RuntimeLock::acquire(places.runtime); lock) {
    remove_control(places);
    RuntimeLock::remove_if_empty(places.runtime);
  }
  sys::exit(0);
}

Result<void> bring_up(const Places& places) {
  auto lock = TRY(RuntimeLock::acquire(places.runtime));
  auto control = open_control(places);
  if (!control) {
    if (control.error().code == EADDRINUSE) return {};
    RuntimeLock::remove_if_empty(places.runtime);
    return control.failed();
  }
  const auto child = sys::fork();
  if (!child) {
    remove_control(places);
    RuntimeLock::remove_if_empty(places.runtime);
    return child.failed();
  }
  if (child.value() == 0) {
    lock.release();
    supervise(places, control.take());
  }
  return {};
}

bool is_absent(const Error& error) { return error.code == ENOENT || error.code == ECONNREFUSED; }

}  // namespace

Result<void> sweep(const Places& places) {
  const auto there = sys::status_at(sys::working_directory, places.runtime, 0);
  if (!there) {
    if (there.error().code == ENOENT) return {};  // nothing has run since boot
    return there.error().doing("use the runtime directory"_p);
  }
  const RuntimeLock lock = TRY(RuntimeLock::acquire(places.runtime));
  sweep_records(places);
  // A supervisor is born and ends under this lock, so a socket that nobody serves belongs to a dead one.
  const auto connection = connect_control(places, SOCK_NONBLOCK);
  if (!connection && connection.error().code == ECONNREFUSED) remove_control(places);
  RuntimeLock::remove_if_empty(places.runtime);
  return {};
}

Result<Reply> ask_supervisor(const Places& places, Command command, std::string_view payload, Absent absent) {
  constexpr int most_tries = 20;            // a supervisor may be just ending with its last container
  TRY(RuntimeLock::check(places.runtime));  // nobody else's socket is talked to
  Error last = {ECONNREFUSED, "reach the supervisor"_p, places.runtime};
  for (int attempt = 0; attempt < most_tries; ++attempt) {
    const auto connection = connect_control(places);
    if (!connection) {
      last = connection.error();
      if (!is_absent(last)) return last.doing("reach the supervisor"_p);
      if (absent == Absent::fail) return fail(ECONNREFUSED, "reach the supervisor"_p, places.runtime);
      TRY(bring_up(places));
      continue;
    }
    const auto reply = call_control(connection.value().get(), command, payload, reply_buffer);
    if (reply) return reply.value();
    last = reply.error();
    if (last.code != ECONNRESET && last.code != EPIPE) return last;
    TRY(sys::sleep_ms(5));
  }
  return last;
}

Result<Fd> open_first_process(const State& state) { return open_process_of(state.pid, state.pid_started); }

Result<void> stop_directly(const Places& places, CString name, int signal, std::uint64_t timeout_ms) {
  constexpr std::uint64_t after_kill_ms = 10'000;
  const State state = TRY(read_state(places, name));
  const Fd pidfd = TRY(open_first_process(state));
  const bool deaf = !handles_signal(state.pid, signal);
  TRY(sys::signal_process(pidfd.get(), deaf ? SIGKILL : signal));
  RecordPath record(places, name);
  (void)set_frozen(record.text(), Freeze::thaw, 0);  // one that stands still hears nothing
  const auto ended = wait_until_ended(places, name, deaf ? after_kill_ms : timeout_ms);
  if (ended || ended.error().code != EAGAIN) return {};
  const auto killed = sys::signal_process(pidfd.get(), SIGKILL);
  if (!killed && killed.error().code != ESRCH) return killed;
  const auto gone = wait_until_ended(places, name, after_kill_ms);
  if (!gone) return gone.failed();
  return {};
}

bool is_paused(const Places& places, CString name, const State& state) {
  if (!state.foreground || state.pid == 0) return state.paused;
  RecordPath record(places, name);
  const auto frozen = is_frozen(record.text());
  return frozen && frozen.value();
}

}  // namespace microctr

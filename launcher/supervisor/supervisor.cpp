// The loop: waiting, timers, signals, reaping.

#include "launcher/supervisor/supervisor.h"

#include <fcntl.h>

#include <algorithm>

#include "launcher/base/log.h"
#include "launcher/base/sys.h"

namespace microctr {

namespace {

constexpr std::uint64_t idle_grace_ms = 5000;  // for the first client of a fresh supervisor

bool is_probed(const Container& container) {
  return container.used && (container.life == Life::unready || container.life == Life::ready);
}

}  // namespace

Result<void> Supervisor::open(Fd control) {
  null_ = TRY(sys::open("/dev/null", O_RDWR));
  (void)low_.reserve(null_.get());  // starts are slower without
  control_ = std::move(control);
  epoll_ = TRY(sys::open_epoll());
  signals_ = TRY(sys::open_signals());
  if (auto console = sys::open("/dev/console", O_WRONLY | O_NOCTTY | O_NONBLOCK); console) console_ = console.take();
  TRY(sys::raise_descriptor_limit());
  TRY(sys::watch(epoll_.get(), control_.get(), EPOLLIN, tag(Kind::control, 0)));
  TRY(sys::watch(epoll_.get(), signals_.get(), EPOLLIN, tag(Kind::signals, 0)));
  idle_deadline_ms_ = sys::monotonic_ms() + idle_grace_ms;
  chance_ = static_cast<std::uint32_t>(sys::wall_time().nanoseconds) | 1;
  return {};
}

Ending Supervisor::run() {
  tell_up();
  while (!is_idle()) turn();
  if (heart_ != nullptr) heart_->beat();
  return ending_;
}

void Supervisor::turn() {
  epoll_event events[32];
  const auto count = sys::wait_events(epoll_.get(), events, next_timeout_ms());
  if (!count) return;
  for (std::size_t index = 0; index < count.value(); ++index) handle(events[index].data.u64);
  serve_timers();
  if (look_again_) look_again();
  if (going_down_) stop_next();
  try_reexec();
  tell_up();
  if (heart_ != nullptr) heart_->beat();
}

// Who only follows the events is no reason to stay.
bool Supervisor::is_served() const {
  return std::any_of(clients_.begin(), clients_.end(), [](const auto& entry) {
    return static_cast<bool>(entry.connection) && entry.waits != Waits::events;
  });
}

bool Supervisor::is_idle() const {
  if (!going_down_ && role_ != Role::shared) return false;
  if (going_down_ && sys::monotonic_ms() >= shutdown_due_ms_) return true;
  for (std::uint32_t place = 0; place < roster_.size(); ++place) {
    const Life life = roster_[place].life;
    if (roster_[place].used && life != Life::done && life != Life::failed) return false;
  }
  return going_down_ || (!is_served() && sys::monotonic_ms() >= idle_deadline_ms_);
}

int Supervisor::next_timeout_ms() const {
  if (look_again_) return 0;  // what one has met on its look, others before it must see
  std::uint64_t next = std::min(names_due_ms_, shutdown_due_ms_);
  bool busy = false;
  for (std::uint32_t place = 0; place < roster_.size(); ++place) {
    const Container& container = roster_[place];
    if (!container.used || container.life == Life::done || container.life == Life::failed) continue;
    busy = true;
    next = std::min(next, container.due_ms);
    if (is_probed(container)) next = std::min({next, container.probe.due_ms(), container.checker.due_ms()});
  }
  if (!busy && role_ == Role::shared) next = std::min(next, idle_deadline_ms_);
  if (heart_ != nullptr) next = std::min(next, heart_->due_ms());
  if (next == UINT64_MAX) return -1;
  const std::uint64_t now = sys::monotonic_ms();
  return next <= now ? 0 : static_cast<int>(std::min<std::uint64_t>(next - now, INT32_MAX));
}

void Supervisor::handle(std::uint64_t event) {
  const auto index = static_cast<std::uint32_t>(event);
  switch (static_cast<Kind>(event >> 32)) {
    case Kind::control: accept_clients(); return;
    case Kind::signals: handle_signals(); return;
    case Kind::channel: hear(index); return;
    case Kind::process: hear_end(index); return;
    case Kind::output: collect(index, Stream::output); return;
    case Kind::error: collect(index, Stream::error); return;
    case Kind::client: serve(index); return;
    case Kind::names: hear_names(); return;
    case Kind::paths: hear_paths(); return;
    case Kind::ready: hear_ready(index); return;
  }
}

void Supervisor::handle_signals() {
  while (true) {
    const auto signal = sys::read_signal(signals_.get());
    if (!signal) break;
    handle_machine_signal(static_cast<int>(signal.value().ssi_signo));
  }
  reap();  // several ends may share one SIGCHLD
}

// As BusyBox init: USR1 halts, USR2 powers off, TERM and INT (Ctrl-Alt-Del) reboot. Any other supervisor goes down in
// order on TERM and INT, and reads its configurations again on HUP.
void Supervisor::handle_machine_signal(int signal) {
  const bool machine = role_ == Role::process_one;
  if (signal == SIGTERM || signal == SIGINT) return go_down(machine ? Ending::reboot : Ending::finished);
  if (machine && signal == SIGUSR1) return go_down(Ending::halt);
  if (machine && signal == SIGUSR2) return go_down(Ending::poweroff);
  if (signal == SIGHUP && configurations_ != nullptr && !going_down_) {
    TextBuffer<256> summary;
    reload(summary);
    log_error({}, "reload: ", summary.view());
  }
}

void Supervisor::serve_timers() {
  const std::uint64_t now = sys::monotonic_ms();
  if (names_due_ms_ <= now) follow_names();
  for (std::uint32_t place = 0; place < roster_.size(); ++place) {
    const Container& container = roster_[place];
    if (container.used && container.due_ms <= now) time_out(place);
    if (!is_probed(container)) continue;
    if (container.probe.due_ms() <= now) hear_ready(place);
    if (is_probed(container) && container.checker.due_ms() <= now) check_health(place);
  }
}

// Children that are no containers are its helpers', or orphans that process 1 inherited.
void Supervisor::reap() {
  while (true) {
    const auto ended = sys::wait_for_any(false);
    if (!ended || ended.value().pid == 0) return;
    std::uint32_t place = 0;
    while (place < roster_.size() &&
           !(roster_[place].used && !roster_[place].foreign && roster_[place].session.state.pid == ended.value().pid))
      ++place;
    if (place < roster_.size()) {
      finish(place, ended.value().status);
    } else if (!end_check(ended.value().pid) && heart_ != nullptr) {
      heart_->child_ended(ended.value().pid, ended.value().status);
    }
  }
}

void Supervisor::say(std::uint32_t place, std::string_view text) const { log_error(roster_[place].name(), text); }

}  // namespace microctr

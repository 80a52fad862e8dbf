// The loop: waiting, deadlines, signals, reaping. Containers are in supervise_container.cpp, clients in
// supervise_client.cpp.

#include "launcher/supervisor/supervisor.h"

#include <fcntl.h>

#include <algorithm>

#include "launcher/base/log.h"
#include "launcher/base/sys.h"
#include "launcher/container/runtime_lock.h"

namespace microctr {

namespace {

constexpr std::uint64_t idle_grace_ms = 5000;  // for the first client of a fresh supervisor

}  // namespace

Result<void> Supervisor::open(Fd control) {
  control_ = std::move(control);
  epoll_ = TRY(sys::open_epoll());
  signals_ = TRY(sys::open_signals());
  null_ = TRY(sys::open("/dev/null", O_RDWR));
  if (auto console = sys::open("/dev/console", O_WRONLY | O_NOCTTY | O_NONBLOCK); console) console_ = console.take();
  TRY(sys::raise_descriptor_limit());
  TRY(sys::watch(epoll_.get(), control_.get(), EPOLLIN, tag(Kind::control, 0)));
  TRY(sys::watch(epoll_.get(), signals_.get(), EPOLLIN, tag(Kind::signals, 0)));
  idle_deadline_ms_ = sys::monotonic_ms() + idle_grace_ms;
  return {};
}

void Supervisor::turn() {
  epoll_event events[32];
  const auto count = sys::wait_events(epoll_.get(), events, next_timeout_ms());
  if (!count) return;
  for (std::size_t index = 0; index < count.value(); ++index) handle(events[index].data.u64);
  kill_overdue();
  if (names_due_ms_ <= sys::monotonic_ms()) follow_names();
  if (heart_ != nullptr) heart_->beat();
}

void Supervisor::settle() {
  const auto is_starting = [](const Container& entry) {
    return entry.used && entry.session.state.phase == Phase::starting;
  };
  while (!going_down_ && std::any_of(containers_.begin(), containers_.end(), is_starting)) turn();
}

Ending Supervisor::run() {
  while (!is_idle()) turn();
  return ending_;
}

bool Supervisor::is_idle() const {
  if (role_ == Role::process_one && !going_down_) return false;
  const bool busy = std::any_of(containers_.begin(), containers_.end(), [](const auto& entry) { return entry.used; });
  if (busy) return false;
  if (going_down_) return true;
  const bool served = std::any_of(clients_.begin(), clients_.end(),
                                  [](const auto& entry) { return static_cast<bool>(entry.connection); });
  return !served && sys::monotonic_ms() >= idle_deadline_ms_;
}

int Supervisor::next_timeout_ms() const {
  std::uint64_t next = names_due_ms_;
  bool busy = false;
  for (const Container& container : containers_) {
    if (!container.used) continue;
    busy = true;
    next = std::min(next, container.deadline_ms);
  }
  if (heart_ != nullptr) next = std::min(next, heart_->due_ms());
  if (!busy && role_ == Role::shared) next = std::min(next, idle_deadline_ms_);
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
    case Kind::output: collect(index, Stream::output); return;
    case Kind::error: collect(index, Stream::error); return;
    case Kind::client: serve(index); return;
    case Kind::names: hear_names(); return;
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

// As BusyBox init: USR1 halts, USR2 powers off, TERM and INT (Ctrl-Alt-Del) reboot. The shared supervisor goes down in
// order on TERM and INT.
void Supervisor::handle_machine_signal(int signal) {
  const bool machine = role_ == Role::process_one;
  if (signal == SIGTERM || signal == SIGINT)
    ending_ = machine ? Ending::reboot : Ending::finished;
  else if (machine && signal == SIGUSR1)
    ending_ = Ending::halt;
  else if (machine && signal == SIGUSR2)
    ending_ = Ending::poweroff;
  else
    return;
  stop_all();
}

void Supervisor::stop_all() {
  going_down_ = true;
  if (heart_ != nullptr) heart_->stopping();
  for (Container& container : containers_) {
    if (container.used) stop(container);
  }
}

void Supervisor::kill_overdue() {
  const std::uint64_t now = sys::monotonic_ms();
  for (Container& container : containers_) {
    if (!container.used || container.deadline_ms > now) continue;
    container.deadline_ms = UINT64_MAX;
    (void)sys::signal_process(container.session.pidfd.get(), SIGKILL);
  }
}

// Children that are no containers are orphans that process 1 inherited.
void Supervisor::reap() {
  while (true) {
    const auto ended = sys::wait_for_any(false);
    if (!ended || ended.value().pid == 0) return;
    bool known = false;
    for (std::uint32_t index = 0; index < containers_.size(); ++index) {
      Container& container = containers_[index];
      if (container.used && container.session.state.pid == ended.value().pid) {
        finish(index, ended.value().status);
        known = true;
        break;
      }
    }
    if (!known && heart_ != nullptr) heart_->child_ended(ended.value().pid, ended.value().status);
  }
}

void Supervisor::say(CString name, std::string_view text) const { log_error(name, text); }

}  // namespace microctr

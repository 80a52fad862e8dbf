// Events become actions, by the table of life.h.

#include <algorithm>
#include <utility>

#include "launcher/base/sys.h"
#include "launcher/supervisor/stopped_mark.h"
#include "launcher/supervisor/supervisor.h"

namespace microctr {

void Supervisor::apply(std::uint32_t place, LifeEvent event) {
  Container& container = roster_[place];
  const LifeStep step = step_life(container.life, event);
  container.life = step.next;
  act(place, step.action);
}

void Supervisor::act(std::uint32_t place, LifeAction action) {
  switch (action) {
    case LifeAction::none: return;
    case LifeAction::look: return look(place);
    case LifeAction::launch: return launch(place);
    case LifeAction::announce: return announce(place);
    case LifeAction::end: return ask_to_end(place);
    case LifeAction::kill: return kill(place);
    case LifeAction::delay: return begin_delay(place);
    case LifeAction::settle: return settle(place);
  }
}

void Supervisor::announce(std::uint32_t place) {
  Container& container = roster_[place];
  container.due_ms = UINT64_MAX;
  container.session.state.ready = true;
  (void)container.session.record.write_state(container.session.state);
  tell(place, EventKind::ready);
  if (container.upkeep.type == ServiceType::service) reply_waiting(place, Waits::start, 0, {});
  look_again_ = true;
}

void Supervisor::begin_delay(std::uint32_t place) {
  Container& container = roster_[place];
  State& state = container.session.state;
  chance_ = chance_ * 1664525 + 1013904223;  // any numbers will do that differ
  const std::uint64_t delay = restart_delay(container.upkeep.restart_delay_ms, container.upkeep.restart_max_delay_ms,
                                            state.restarts, chance_ >> 16);
  ++state.restarts;
  // From the end on: what it takes to undo it is a part of the delay.
  container.due_ms = (end_seen_ms_ != 0 ? end_seen_ms_ : sys::monotonic_ms()) + delay;
  write_phase(container, Phase::delayed);
  answer_start(place, ", and starts again"_p);
  tell(place, EventKind::restart, static_cast<std::int64_t>(delay));
  look_again_ = true;
}

// Who waits until it is ready hears that it is not.
void Supervisor::answer_start(std::uint32_t place, Phrase what_follows) {
  const int status = roster_[place].session.state.status;
  TextBuffer<1088> text(why_);
  if (why_.empty()) text.add("it has ended before it was ready: exit status "_p, status);
  text.add(what_follows);
  reply_waiting(place, Waits::start, status == 0 ? 1 : status, text.view());
}

// The last state is written and the record let go; a shared supervisor forgets the container.
void Supervisor::settle(std::uint32_t place) {
  Container& container = roster_[place];
  State& state = container.session.state;
  const bool failed = container.life == Life::failed;
  container.due_ms = UINT64_MAX;
  container.foreign = false;
  if (!has_ended(state.phase)) state.phase = failed ? Phase::failed : Phase::exited;
  if (failed && container.upkeep.restart_limit != 0 && state.restarts != 0) state.phase = Phase::failed;
  // What only a running one needs.
  constexpr TableText<8> transient[] = {"/out", "/err", "/names", "/ready", "/notify"};
  for (const CString file : transient) {
    RecordPath path(places_, container.name());
    path.add(file);
    (void)sys::remove_file(sys::working_directory, path.text());
  }
  if (container.drops)
    (void)drop_session(places_, container.session);
  else
    release_session(container.session);
  if (failed || state.status != 0 || state.stop_asked || container.upkeep.type == ServiceType::service)
    answer_start(place, {});
  reply_waiting(place, Waits::start, 0, {});  // by its good end
  reply_waiting(place, Waits::stop, 0, {});
  reply_waiting(place, Waits::attached, state.status, {});
  look_again_ = true;
  if (failed && !container.drops) act_on_failure(container);
  container.drops = false;
  if (role_ == Role::shared && !container.configured) roster_.forget(place);
}

void Supervisor::act_on_failure(const Container& container) {
  switch (container.upkeep.on_failure) {
    case FailureAction::none: return;
    case FailureAction::reboot:
    case FailureAction::poweroff:
      if (role_ != Role::process_one) return;  // the machine is somebody else's
      if (heart_ != nullptr) heart_->machine_has_failed();
      return go_down(container.upkeep.on_failure == FailureAction::reboot ? Ending::reboot : Ending::poweroff);
    case FailureAction::start:
      if (!going_down_) start_rescue(container.upkeep.failure_start);
      return;
  }
}

// By its timer, since two may start each other; one that has failed itself waits as for a restart.
void Supervisor::start_rescue(std::uint32_t place) {
  Container& container = roster_[place];
  if (container.life != Life::failed && container.life != Life::done) return;
  const bool again = std::exchange(container.life, Life::delayed) == Life::failed;
  if (again) return begin_delay(place);
  container.due_ms = sys::monotonic_ms();
}

// Counts a restart that is about to be.
bool Supervisor::reaches_limit(Container& container) {
  const Upkeep& upkeep = container.upkeep;
  if (upkeep.restart_limit == 0) return false;
  const std::uint64_t now = sys::monotonic_ms();
  if (container.window_restarts == 0 || now - container.window_began_ms > upkeep.restart_window_ms) {
    container.window_began_ms = now;
    container.window_restarts = 0;
  }
  return ++container.window_restarts > upkeep.restart_limit;
}

LifeEvent Supervisor::end_event(Container& container, End end) {
  if (going_down_) return LifeEvent::ended_well;
  const LifeEvent unlimited = end_of(container.upkeep.restart, end, false);
  if (unlimited != LifeEvent::ended_again) return unlimited;
  return reaches_limit(container) ? LifeEvent::ended_for_good : LifeEvent::ended_again;
}

// The time of its state is over.
void Supervisor::time_out(std::uint32_t place) {
  Container& container = roster_[place];
  container.due_ms = UINT64_MAX;
  switch (container.life) {
    case Life::starting:
    case Life::unready: {
      constexpr std::string_view why = "it was not ready within its start_timeout";
      say(place, why);
      reply_waiting(place, Waits::start, 1, why);
      return apply(place, LifeEvent::late);
    }
    case Life::delayed: return apply(place, LifeEvent::due);
    case Life::failing:
    case Life::stopping:
    case Life::restarting: return apply(place, LifeEvent::overdue);
    default: return;
  }
}

// To everybody who follows the events; one who does not keep up misses some.
void Supervisor::tell(std::uint32_t place, EventKind kind, std::int64_t number, std::string_view text) {
  TextBuffer<1024> line;
  for (const Client& client : clients_) {
    if (!client.connection || client.waits != Waits::events) continue;
    if (line.size() == 0) {
      const std::string_view name = place == UINT32_MAX ? std::string_view() : roster_[place].name().view();
      write_event({kind, name, number, text}, sys::wall_time(), line);
    }
    ControlHeader header;
    header.command = static_cast<std::uint16_t>(Command::events);
    (void)send_message(client.connection.get(), header, line.view());
  }
}

// Once, when nothing that starts by itself is on its way any more.
void Supervisor::tell_up() {
  if (told_up_ || heart_ == nullptr || going_down_) return;
  bool all = !broken_;
  for (std::uint32_t place = 0; place < roster_.size(); ++place) {
    const Container& container = roster_[place];
    if (!container.used || !container.configured || !container.upkeep.autostart) continue;
    const bool is_up = container.life == Life::ready ||
                       (container.life == Life::done && container.upkeep.type == ServiceType::oneshot);
    const bool is_on_its_way = container.life != Life::done && container.life != Life::failed && !is_up;
    if (is_on_its_way) return;
    all &= is_up;
  }
  told_up_ = true;
  heart_->containers_are_up(all);
}

}  // namespace microctr

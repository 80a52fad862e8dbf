// Readiness and health of a Supervisor's containers: what their probes say becomes events.

#include <fcntl.h>

#include "launcher/base/file.h"
#include "launcher/base/log.h"
#include "launcher/base/sys.h"
#include "launcher/supervisor/supervisor.h"

namespace microctr {

// Its process is on its way.
void Supervisor::begin_probes(std::uint32_t place, const Spec& spec) {
  Container& container = roster_[place];
  container.checker.begin(spec.supervision.health, container.began_ms);
  if (const auto begun = container.probe.begin(spec.supervision, std::move(container.session.ready)); !begun)
    log_failure(container.name(), begun.error());  // it will be late
}

void Supervisor::hear_ready(std::uint32_t place) {
  Container& container = roster_[place];
  if (!container.used || (container.life != Life::unready && container.life != Life::ready)) return;
  TextBuffer<160> status;
  const ReadinessProbe::Heard heard = container.probe.hear(container.first(), sys::monotonic_ms(), status);
  if (const int descriptor = container.probe.descriptor(); descriptor >= 0)
    (void)sys::watch(epoll_.get(), descriptor, EPOLLIN, tag(Kind::ready, place));  // EEXIST: it is already
  if (heard.status) keep_note(container, "/status_text", status.view());
  if (heard.ready) return apply(place, LifeEvent::is_ready);
  if (!heard.failed) return;
  const TextBuffer<200> why(heard.why);
  say(place, why.view());
  reply_waiting(place, Waits::start, 1, why.view());
  apply(place, LifeEvent::unready_broken);
}

void Supervisor::check_health(std::uint32_t place) {
  Container& container = roster_[place];
  TextBuffer<512> why;
  const Verdict verdict =
      container.checker.turn(places_, container.name(), container.first(), sys::monotonic_ms(), why);
  judge_health(place, verdict, why.view());
}

// Whether the process was a check's.
bool Supervisor::end_check(pid_t pid) {
  for (std::uint32_t place = 0; place < roster_.size(); ++place) {
    Container& container = roster_[place];
    Verdict verdict = Verdict::nothing;
    TextBuffer<512> why;
    if (!container.used || !container.checker.child_ended(pid, sys::monotonic_ms(), verdict, why)) continue;
    judge_health(place, verdict, why.view());
    return true;
  }
  return false;
}

void Supervisor::judge_health(std::uint32_t place, Verdict verdict, std::string_view why) {
  Container& container = roster_[place];
  State& state = container.session.state;
  if (verdict == Verdict::nothing) return;
  if (verdict == Verdict::could_not_run) {
    keep_note(container, "/why", why);
    say(place, why);
    return tell(place, EventKind::unchecked, 0, why);
  }
  state.health = container.checker.state().health();
  (void)container.session.record.write_state(state);
  if (verdict == Verdict::healthy) return tell(place, EventKind::healthy);
  keep_note(container, "/why", why);
  say(place, why);
  tell(place, EventKind::unhealthy, 0, why);
  if (container.upkeep.restart != RestartPolicy::no) apply(place, LifeEvent::unhealthy);
}

// For inspect. What cannot be kept is only missing there.
void Supervisor::keep_note(const Container& container, CString file, std::string_view text) const {
  RecordPath path(places_, container.name());
  path.add(file);
  const auto note = sys::open(path.text(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0600);
  if (note) (void)write_all(note.value().get(), text);
}

}  // namespace microctr

// Containers that come from elsewhere than a client: left by a dead supervisor, or named by the directory.

#include "launcher/base/file.h"
#include "launcher/base/hash.h"
#include "launcher/base/log.h"
#include "launcher/base/sys.h"
#include "launcher/supervisor/stopped_mark.h"
#include "launcher/supervisor/supervisor.h"

namespace microctr {

namespace {

char kept_storage[limits::control_message];

// Of the files, that is: the same directory may be spelled in many ways, and -o is who has started it.
bool has_changed(CString record, const StartRequest& now) {
  const auto kept = read_file(sys::working_directory, record, kept_storage);
  const auto request = kept ? decode_request(kept.value()) : Result<StartRequest>(kept.error());
  if (!request) return true;
  const StartRequest& then = request.value();
  if (then.text != now.text || then.defaults != now.defaults) return true;
  if (then.directory == now.directory.view()) return false;
  const auto one = sys::status_at(sys::working_directory, then.directory, 0);
  const auto other = sys::status_at(sys::working_directory, now.directory, 0);
  return !one || !other || one.value().inode != other.value().inode || one.value().device != other.value().device;
}

// One that has ended while another program took over is still our child. Nobody else's end can be known.
int status_of_ended(pid_t pid) {
  constexpr int unknown = 255;
  if (pid == 0 || !sys::is_child(pid)) return unknown;
  const auto process = sys::open_process(pid);
  if (!process) return unknown;
  const auto has_ended = sys::poll_one(process.value().get(), POLLIN, 0);
  if (!has_ended || !has_ended.value()) return unknown;
  const auto ended = sys::wait_for(process.value().get());
  return ended ? ended.value().status : unknown;
}

}  // namespace

void Supervisor::begin() {
  adopt_all();
  visit_configurations();
  start_wanted();
}

void Supervisor::visit_configurations() {
  if (configurations_ == nullptr) return;
  if (const auto visited = configurations_->visit_all(*this); !visited) log_failure({}, visited.error());
}

void Supervisor::adopt_all() {
  (void)for_each_record(places_, this,
                        [](void* context, CString name) { static_cast<Supervisor*>(context)->adopt(name); });
}

// The record of one that a supervisor had, and nobody has now.
void Supervisor::adopt(CString name) {
  const auto state = read_state(places_, name);
  if (!state || state.value().foreground || has_ended(state.value().phase) || name.size() > limits::name) return;
  const auto found = roster_.obtain(name);
  if (!found) return;
  const std::uint32_t place = *found;
  Container& container = roster_[place];
  Failure failure;
  if (!read_config(container, failure) || !take_upkeep(place, workbench().spec, failure)) {
    say(place, failure.text.view());
    if (container.upkeep.stop_timeout_ms == 0) container.upkeep.stop_timeout_ms = Spec().stop_timeout_ms;
  }
  if (!adopt_session(places_, container.session)) return roster_.forget(place);
  take_process(place);
}

// Its life goes on where it is: with its process, with the end that nobody has seen, or still waiting.
void Supervisor::take_process(std::uint32_t place) {
  Container& container = roster_[place];
  const Phase phase = container.session.state.phase;
  const bool is_ending = phase == Phase::stopping;
  container.began_ms = sys::monotonic_ms();
  if (!container.session.pidfd) {
    if (phase == Phase::waiting || phase == Phase::delayed) {
      container.wanted = true;
      return;
    }
    container.life = is_ending && container.session.state.stop_asked ? Life::stopping : Life::ready;
    container.foreign = true;
    return finish(place, status_of_ended(container.session.state.pid));
  }
  if (Fd terminal = take_handed("terminal", container.name())) {
    container.session.terminal = std::move(terminal);
    take_terminal(place);
  }
  RecordPath record(places_, container.name());
  (void)LogSink::open(container.log, places_, container.name(), workbench().spec, console_.get());
  container.log.set_process(container.session.state.pid);
  if (!container.terminal) (void)reopen_streams(record.text(), container.streams);
  watch_names(workbench().spec);
  if (!container.terminal) watch_container(place);
  container.foreign = !sys::is_child(container.session.state.pid);
  if (container.foreign)
    (void)sys::watch(epoll_.get(), container.session.pidfd.get(), EPOLLIN, tag(Kind::process, place));
  container.life = container.session.state.ready ? Life::ready : Life::unready;
  container.checker.begin(workbench().spec.supervision.health, container.began_ms);
  if (container.session.state.paused) container.checker.pause();
  Fd notify = take_handed("notify", container.name());
  if (container.life == Life::unready || notify)
    (void)container.probe.adopt(workbench().spec.supervision, record.text(), std::move(notify));
  write_phase(container, Phase::running);
  tell(place, EventKind::adopt);
  // Nobody has asked for an end that was to come before a new start: unhealthy, late, or for another configuration.
  if (is_ending) return apply(place, container.session.state.stop_asked ? LifeEvent::stop : LifeEvent::restart);
  if (container.probe.is_ready()) return apply(place, LifeEvent::is_ready);
  if (container.life == Life::unready || container.probe.descriptor() >= 0) hear_ready(place);
}

// A descriptor of the container that the program before has handed over.
Fd Supervisor::take_handed(std::string_view key, std::string_view container) const {
  const int descriptor = handover_ == nullptr ? -1 : handover_->descriptor(key, container);
  if (descriptor >= 0) (void)sys::close_at_exec(descriptor);
  return Fd(descriptor);
}

// The configuration of the directory for one container: new, changed, or as it is.
void Supervisor::visit(CString name, std::string_view config) {
  if (config.empty()) {
    broken_ = true;
    for (std::uint32_t place = 0; place < roster_.size(); ++place) {  // what runs goes on
      if (roster_[place].file == hash_of(name)) roster_[place].seen = true;
    }
    return;
  }
  const auto request = decode_request(config);
  Failure failure;
  if (!request || !read_request(request.value(), workbench())) return;
  const auto found = roster_.obtain(workbench().spec.name);
  if (!found) {
    log_error(name, "not started: too many containers (limit 1024)"_p);
    return;
  }
  const std::uint32_t place = *found;
  Container& container = roster_[place];
  const bool is_new = !container.known || !container.configured;
  container.configured = container.seen = true;
  container.file = hash_of(request.value().name);
  RecordPath path(places_, container.name());
  path.add("/config");
  const bool is_other = has_changed(path.text(), request.value());
  if (container.session.record && (!is_other || handover_ != nullptr)) return;  // as it is
  if (!take_upkeep(place, workbench().spec, failure)) {
    broken_ = true;
    say(place, failure.text.view());
    return;
  }
  if (container.session.record) {
    if (const auto written = keep_config(places_, container.name(), config); !written) return;
    container.wanted = true;
    ++changed_;
    return;
  }
  const bool keeps_stopped =
      container.upkeep.restart == RestartPolicy::unless_stopped && is_marked_stopped(places_, container.name());
  if (handover_ != nullptr && is_new) {  // it is down, and was before
    if (const auto state = read_state(places_, container.name()); state) container.session.state = state.value();
    container.life = container.session.state.phase == Phase::failed ? Life::failed : Life::done;
    return;
  }
  const bool is_due = is_new || (container.life == Life::failed && is_other);
  const bool starts = claims_ || (is_due && container.upkeep.autostart && !keeps_stopped);
  if (!starts) return;
  if (!admit(place, config, failure)) {
    broken_ = true;
    say(place, failure.text.view());
    return;
  }
  container.wanted = !claims_;
}

// Its record is ours, with this configuration.
bool Supervisor::admit(std::uint32_t place, std::string_view config, Failure& failure) {
  Container& container = roster_[place];
  const auto claimed = container.session.record ? keep_config(places_, container.name(), config)
                                                : claim_session(places_, config, Owner::supervisor, container.session);
  if (claimed) return true;
  failure.text.clear();
  format_error(claimed.error(), failure.text);
  return false;
}

void Supervisor::start_wanted() {
  for (std::uint32_t place = 0; place < roster_.size(); ++place) {
    if (!roster_[place].used || !roster_[place].wanted) continue;
    roster_[place].wanted = false;
    look_again_ |= roster_[place].life == Life::waiting;  // for what its new configuration names
    apply(place, is_wanted(roster_[place].life) ? LifeEvent::restart : LifeEvent::start);
  }
}

// Touches only what has changed: what is new starts, what is different starts again, what is gone ends.
void Supervisor::reload(TextWriter& summary) {
  if (heart_ != nullptr) heart_->reloading();
  broken_ = false;
  changed_ = 0;
  for (std::uint32_t place = 0; place < roster_.size(); ++place) roster_[place].seen = false;
  if (const auto visited = configurations_->visit_all(*this); !visited) {
    broken_ = true;
    format_error(visited.error(), summary);
    return tell(UINT32_MAX, EventKind::reload, 0, summary.view());
  }
  unsigned started = 0;
  unsigned stopped = 0;
  for (std::uint32_t place = 0; place < roster_.size(); ++place) {
    Container& container = roster_[place];
    if (container.used && container.wanted && !is_wanted(container.life)) ++started;
    if (!container.used || !container.configured || container.seen) continue;
    container.configured = false;
    ++stopped;
    if (has_process(container.life) || is_wanted(container.life)) {
      apply(place, LifeEvent::stop);
    } else {
      roster_.forget(place);
    }
  }
  start_wanted();
  summary.add(started, " started, ", changed_, " changed, ", stopped, " gone");
  if (broken_) summary.add("; some are not valid (microctr check says more)"_p);
  tell(UINT32_MAX, EventKind::reload, 0, summary.view());
}

}  // namespace microctr

// The containers of a Supervisor: claim, launch, output, the way down, the end.

#include <fcntl.h>

#include "launcher/base/bytes.h"
#include "launcher/base/file.h"
#include "launcher/base/log.h"
#include "launcher/base/sys.h"
#include "launcher/container/freeze.h"
#include "launcher/supervisor/evidence.h"
#include "launcher/supervisor/health_cgroup.h"
#include "launcher/supervisor/recorded_spec.h"
#include "launcher/supervisor/supervisor.h"

namespace microctr {

namespace {

char config_storage[limits::control_message];

template <typename List>
bool take_places(const FixedVector<CString, limits::dependencies>& names, Roster& roster, List& places) {
  places.clear();
  for (const CString name : names) {
    const auto place = roster.obtain(name);
    if (!place) return false;
    (void)places.push(static_cast<std::uint16_t>(*place));  // as many as there can be names
  }
  return true;
}

}  // namespace

bool Supervisor::take_upkeep(std::uint32_t place, const Spec& spec, Failure& failure) {
  const Supervision& from = spec.supervision;
  Upkeep& upkeep = roster_[place].upkeep;
  roster_[place].known = false;  // its place is not free for those that it names
  upkeep.type = from.type;
  upkeep.restart = from.restart.value_or(RestartPolicy::on_failure);
  upkeep.on_failure = from.on_failure;
  upkeep.ready = from.ready;
  upkeep.log = spec.log;
  upkeep.autostart = from.autostart;
  upkeep.waits_for_paths = !from.wait_paths.empty();
  upkeep.stop_signal = spec.stop_signal;
  upkeep.restart_limit = from.restart_limit;
  upkeep.restart_delay_ms = from.restart_delay_ms;
  upkeep.restart_max_delay_ms = from.restart_max_delay_ms;
  upkeep.restart_window_ms = from.restart_window_ms;
  upkeep.start_timeout_ms = from.start_timeout_ms;
  upkeep.stop_timeout_ms = spec.stop_timeout_ms;
  bool fits = take_places(from.after, roster_, upkeep.after) && take_places(from.requires_, roster_, upkeep.required);
  if (fits && from.on_failure == FailureAction::start) {
    const auto other = roster_.obtain(from.failure_start);
    fits = other.has_value();
    upkeep.failure_start = other.value_or(place);
  }
  roster_[place].known = true;
  if (!fits) {
    failure.text.add("too many containers (limit 1024)"_p);
    return false;
  }
  TextBuffer<1024> circle;
  find_circle(place, circle);
  if (circle.size() == 0) return true;
  failure.status = 2;
  failure.text.add("`after` and `requires` lead in a circle: "_p, circle.view());
  upkeep.after.clear();
  upkeep.required.clear();
  return false;
}

// The configuration that its record holds becomes the workbench's Spec.
bool Supervisor::read_config(const Container& container, Failure& failure) {
  if (read_recorded_spec(places_, container.name(), workbench())) return true;
  failure.status = 2;
  failure.text.add("its configuration cannot be read any more: start it with its file"_p);
  return false;
}

// Its record is ours, with the configuration of the directory as it is now, or else what it last ran with.
bool Supervisor::claim(std::uint32_t place, Failure& failure) {
  Container& container = roster_[place];
  if (container.session.record) return true;
  if (container.configured && configurations_ != nullptr) {
    claims_ = true;
    configurations_->visit_one(container.name(), *this);
    claims_ = false;
    if (container.session.record) return true;
  }
  RecordPath path(places_, container.name());
  path.add("/config");
  const auto config = read_file(sys::working_directory, path.text(), config_storage);
  if (!config) {
    failure.text.add("its configuration is not there any more: start it with its file"_p);
    return false;
  }
  return admit(place, config.value(), failure);
}

Result<void> Supervisor::open_streams(Container& container, const Spec& spec, Streams& streams,
                                      std::array<Fd, 3>& theirs) {
  if (spec.log == LogKind::console && !console_) {
    return fail(0, "log = console: the machine has no /dev/console"_p, {}, "use log = ring:SIZE"_p);
  }
  streams = {null_.get(), null_.get(), null_.get()};
  RecordPath record(places_, container.name());
  if (const auto log = LogSink::open(container.log, places_, container.name(), spec, console_.get()); !log)
    log_failure(container.name(), log.error());  // it tries again when there is something to write
  if (spec.log == LogKind::none || spec.terminal) return {};
  TRY(make_streams(record.text(), container.streams, theirs));
  streams = {theirs[0].get(), theirs[1].get(), theirs[2].get()};
  return {};
}

bool Supervisor::try_launch(std::uint32_t place, Failure& failure) {
  Container& container = roster_[place];
  Workbench& bench = workbench();
  if (!read_config(container, failure)) return false;
  if (const auto planned = plan_request(places_, bench); !planned) {
    format_error(planned.error(), failure.text);
    return false;
  }
  std::array<Fd, 3> theirs;
  Streams streams;
  watch_names(bench.spec);
  const auto opened = open_streams(container, bench.spec, streams, theirs);
  if (!opened) {
    format_error(opened.error(), failure.text);
    return false;
  }
  return begin_session(places_, bench, streams, outlives_, container.session, failure,
                       low_.is_reserved() ? &low_ : nullptr);
}

void Supervisor::launch(std::uint32_t place) {
  Container& container = roster_[place];
  Failure failure;
  container.told = container.foreign = container.drops = false;
  if (!try_launch(place, failure)) {
    container.streams = LogStreams();
    container.log.close();
    return fail_start(place, failure);
  }
  const std::uint64_t now = sys::monotonic_ms();
  container.began_ms = now;
  container.due_ms = container.upkeep.start_timeout_ms == 0 ? UINT64_MAX : now + container.upkeep.start_timeout_ms;
  container.log.set_process(container.session.state.pid);
  begin_probes(place, workbench().spec);
  (void)sys::set_non_blocking(container.session.channel.get());
  // Its words can wait for the end of the set-up: to wake us for each costs the process more than the word itself.
  (void)sys::watch(epoll_.get(), container.session.channel.get(), EPOLLRDHUP, tag(Kind::channel, place));
  watch_container(place);
}

void Supervisor::watch_container(std::uint32_t place) {
  const LogStreams& streams = roster_[place].streams;
  if (streams.output) (void)sys::watch(epoll_.get(), streams.output.get(), EPOLLIN, tag(Kind::output, place));
  if (streams.error) (void)sys::watch(epoll_.get(), streams.error.get(), EPOLLIN, tag(Kind::error, place));
}

// A set-up has failed, or cannot be tried. Who has asked for the first one is told, and nothing of it stays.
void Supervisor::fail_start(std::uint32_t place, const Failure& failure) {
  Container& container = roster_[place];
  State& state = container.session.state;
  const bool asked = has_waiting(place, Waits::start);
  container.drops = asked && state.restarts == 0 && !container.configured;
  state.phase = Phase::failed;
  state.status = failure.status;
  state.ended = sys::wall_time().seconds;
  if (!asked) say(place, failure.text.view());
  keep_note(container, "/why", failure.text.view());
  tell(place, EventKind::fail, 0, failure.text.view());
  why_ = failure.text.view();
  if (container.life == Life::waiting)
    apply(place, LifeEvent::doomed);
  else
    apply(place, asked && state.restarts == 0 ? LifeEvent::ended_for_good : end_event(container, End::bad));
  why_ = {};
  // Unless it has settled: then it was answered there, when nothing of it was left.
  reply_waiting(place, Waits::start, failure.status, failure.text.view());
}

void Supervisor::hear(std::uint32_t place) {
  Container& container = roster_[place];
  if (!container.used || !container.session.channel) return;
  Failure failure;
  const Word word = hear_session(places_, container.session, failure);
  take_terminal(place);
  switch (word) {
    case Word::none: return;
    case Word::runs:
      if (container.session.names.stale) refresh_session(places_, container.session);
      tell(place, EventKind::start);
      apply(place, LifeEvent::runs);
      return hear_ready(place);
    case Word::failed: break;
  }
  container.streams = LogStreams();
  container.log.close();
  container.probe.close();
  container.checker.stop();
  fail_start(place, failure);
}

void Supervisor::write_log(std::uint32_t place, Stream stream, std::string_view bytes) {
  show(place, stream, bytes);
  roster_[place].log.write(stream, bytes);
}

void Supervisor::collect(std::uint32_t place, Stream stream) {
  Container& container = roster_[place];
  Fd& from = stream == Stream::output ? container.streams.output : container.streams.error;
  if (!container.used || !from) return;
  type_waiting(place);
  Bytes<log_chunk> buffer;
  const std::string_view bytes = take_chunk(from, buffer);
  if (!bytes.empty()) return write_log(place, stream, bytes);
  if (!from) type_waiting(place);  // the last writer has gone
}

// What is still in the streams when the container has ended; bounded by what they hold.
void Supervisor::drain(std::uint32_t place) {
  Container& container = roster_[place];
  for (const Stream stream : {Stream::output, Stream::error}) {
    Fd& from = stream == Stream::output ? container.streams.output : container.streams.error;
    for (int count = 0; from && count < log_chunks_at_end; ++count) {
      Bytes<log_chunk> buffer;
      const std::string_view bytes = take_chunk(from, buffer);
      if (bytes.empty()) break;
      write_log(place, stream, bytes);
    }
  }
}

void Supervisor::write_phase(Container& container, Phase phase) {
  container.session.state.phase = phase;
  (void)container.session.record.write_state(container.session.state);
}

// A first process that does not know the signal would never see it, and a frozen one not now.
void Supervisor::ask_to_end(std::uint32_t place) {
  Container& container = roster_[place];
  Session& session = container.session;
  container.checker.stop();
  container.probe.close();  // nobody reads what it still says, which would wake us forever
  if (session.state.paused) {
    RecordPath record(places_, container.name());
    (void)set_frozen(record.text(), Freeze::thaw, freeze_timeout_ms);
    session.state.paused = false;
  }
  const bool deaf =
      session.state.phase == Phase::starting || !handles_signal(session.state.pid, container.upkeep.stop_signal);
  const std::uint64_t now = sys::monotonic_ms();
  std::uint64_t patience = container.upkeep.stop_timeout_ms;
  // What the machine's way down leaves, half of it for each that must wait for another.
  if (going_down_ && shutdown_due_ms_ != UINT64_MAX) {
    const std::uint64_t left = shutdown_due_ms_ > now ? shutdown_due_ms_ - now : 0;
    if (left / 2 < patience) patience = left / 2;
  }
  container.due_ms = now + patience;
  write_phase(container, Phase::stopping);
  tell(place, EventKind::stop);
  (void)sys::signal_process(session.pidfd.get(), deaf ? SIGKILL : container.upkeep.stop_signal);
}

// The first process takes its namespace with it; what is left without one ends with its cgroup in the teardown.
void Supervisor::kill(std::uint32_t place) {
  Container& container = roster_[place];
  container.due_ms = UINT64_MAX;
  (void)sys::signal_process(container.session.pidfd.get(), SIGKILL);
}

// An adopted one is not our child: its pidfd says that it has ended, and nobody how.
void Supervisor::hear_end(std::uint32_t place) {
  constexpr int unknown = 255;
  if (roster_[place].used && roster_[place].foreign && roster_[place].session.pidfd) finish(place, unknown);
}

void Supervisor::finish(std::uint32_t place, int status) {
  Container& container = roster_[place];
  if (container.session.channel) {
    hear(place);  // it ended before we heard how its start went
    if (!container.used || !has_process(container.life)) return;
  }
  drain(place);
  const bool asked = container.life == Life::stopping || container.life == Life::restarting;
  const End end = status == 0 && container.life != Life::failing ? End::good : End::bad;
  end_seen_ms_ = sys::monotonic_ms();
  if (end_seen_ms_ - container.began_ms >= container.upkeep.restart_max_delay_ms) container.session.state.restarts = 0;
  container.streams = LogStreams();
  container.log.close();
  container.probe.close();
  container.checker.stop();
  container.terminal = container.typed = false;
  container.due_ms = UINT64_MAX;
  if (RecordPath record(places_, container.name()); status == 128 + SIGKILL && was_out_of_memory(record.text()))
    tell(place, EventKind::oom);
  const auto undone = end_session(places_, container.session, status);
  if (!undone) {
    Failure failure;
    format_error(undone.error(), failure.text);
    say(place, failure.text.view());
  }
  tell(place, EventKind::exit, status);
  const LifeEvent event = asked ? LifeEvent::ended_well : end_event(container, end);
  if (!asked && end == End::bad) {
    const TextBuffer<64> reason("exit status ", status);
    const Failing failing = event == LifeEvent::ended_for_good ? Failing::for_good : Failing::again;
    (void)keep_evidence(places_, container.name(), container.upkeep.log, reason.view(), failing, container.evidence);
  }
  apply(place, event);
  end_seen_ms_ = 0;
  // Who has asked for its end got it, also where somebody else wants it up again. One that has settled was answered
  // then, with its record let go, so that it can be removed.
  if (asked) reply_waiting(place, Waits::stop, 0, {});
}

}  // namespace microctr

// The containers of a Supervisor: start, output, stop, end.

#include <fcntl.h>

#include "launcher/base/bytes.h"
#include "launcher/base/log.h"
#include "launcher/base/sys.h"
#include "launcher/container/runtime_lock.h"
#include "launcher/supervisor/supervisor.h"

namespace microctr {

namespace {

constexpr std::size_t chunk = 8192;  // read from a container's pipe at once, so that a flood waits its turn

}  // namespace

// The container gets pipes, or /dev/null where it shall not be logged or makes a terminal. `theirs` owns what the
// container inherits.
Result<void> Supervisor::open_streams(Container& container, const Spec& spec, Streams& streams,
                                      std::array<Fd, 3>& theirs) {
  theirs[0] = TRY(sys::open("/dev/null", O_RDONLY));
  streams = {theirs[0].get(), null_.get(), null_.get()};
  if (spec.log == LogKind::console && !console_) {
    return fail(0, "log = console: the machine has no /dev/console"_p, {}, "use log = ring:SIZE"_p);
  }
  if (spec.log == LogKind::none || spec.terminal) return {};
  auto output = TRY(sys::make_pipe(O_NONBLOCK));
  auto error = TRY(sys::make_pipe(O_NONBLOCK));
  // Only our ends are non-blocking: a program does not expect that of its standard output.
  TRY(sys::set_blocking(output.second.get()));
  TRY(sys::set_blocking(error.second.get()));
  container.output = std::move(output.first);
  container.error = std::move(error.first);
  theirs[1] = std::move(output.second);
  theirs[2] = std::move(error.second);
  streams.output = theirs[1].get();
  streams.error = theirs[2].get();
  return {};
}

bool Supervisor::start(std::string_view config, std::uint32_t& index, Failure& failure) {
  Workbench& bench = workbench();
  const auto request = decode_request(config);
  failure.status = 2;
  if (!request || !read_request(request.value(), bench)) {
    failure.text.add("the configuration is not valid: microctr check says more"_p);
    return false;
  }
  failure.status = 125;
  if (const auto planned = plan_request(places_, bench); !planned) {
    format_error(planned.error(), failure.text);
    return false;
  }
  index = 0;
  while (index < containers_.size() && containers_[index].used) ++index;
  if (index == containers_.size()) {
    failure.text.add("too many containers (limit 1024)"_p);
    return false;
  }

  Container& container = containers_[index];
  std::array<Fd, 3> theirs;
  Streams streams;
  watch_names(bench.spec);
  const auto opened = open_streams(container, bench.spec, streams, theirs);
  if (!opened) format_error(opened.error(), failure.text);
  if (!opened || !begin_session(places_, bench, config, Owner::supervisor, streams, container.session, failure)) {
    free_container(container);
    return false;
  }
  container.used = true;
  container.console = bench.spec.log == LogKind::console;
  container.stop_signal = bench.spec.stop_signal;
  container.stop_timeout_ms = bench.spec.stop_timeout_ms;
  container.deadline_ms = UINT64_MAX;
  if (bench.spec.log == LogKind::ring) {
    RecordPath record(places_, container.session.name());
    auto log = LogFile::open(record.text(), bench.spec.log_size);
    if (log) container.log = log.take();
  }
  (void)sys::set_non_blocking(container.session.channel.get());
  (void)sys::watch(epoll_.get(), container.session.channel.get(), EPOLLIN, tag(Kind::channel, index));
  if (container.output) (void)sys::watch(epoll_.get(), container.output.get(), EPOLLIN, tag(Kind::output, index));
  if (container.error) (void)sys::watch(epoll_.get(), container.error.get(), EPOLLIN, tag(Kind::error, index));
  return true;
}

void Supervisor::start_now(std::string_view config) {
  Failure failure;
  std::uint32_t index = 0;
  if (start(config, index, failure)) return;
  const auto request = decode_request(config);
  say(request ? request.value().name : CString("?"), failure.text.view());
}

void Supervisor::hear(std::uint32_t index) {
  Container& container = containers_[index];
  if (!container.used || !container.session.channel) return;
  Failure failure;
  const Word word = hear_session(places_, container.session, failure);
  take_terminal(index);
  switch (word) {
    case Word::none: return;
    case Word::runs:
      reply_waiting(index, Waits::start, 0, {});
      if (container.session.names.stale) refresh_session(places_, container.session);
      return;
    case Word::failed: break;
  }
  bool asked = false;
  for (const Client& client : clients_) {
    asked |= static_cast<bool>(client.connection) && client.waits == Waits::start && client.container == index;
  }
  if (!asked) say(container.session.name(), failure.text.view());
  reply_waiting(index, Waits::start, failure.status, failure.text.view());
  reply_waiting(index, Waits::stop, 0, {});
  free_container(container);
}

void Supervisor::write_log(std::uint32_t index, Stream stream, std::string_view bytes) {
  Container& container = containers_[index];
  show(index, stream, bytes);
  if (container.console) {
    while (!bytes.empty()) {
      const std::size_t newline = position(bytes, '\n');
      TextBuffer<chunk + 128> line("[", container.session.name(), "] ", leading(bytes, newline), "\n");
      (void)sys::write(console_.get(), line.view());  // a console that is full loses, and blocks nobody
      bytes = newline == std::string_view::npos ? std::string_view() : after(bytes, newline + 1);
    }
    return;
  }
  if (!container.log) return;
  RecordPath record(places_, container.session.name());
  (void)container.log.write(record.text(), stream, bytes);
}

void Supervisor::collect(std::uint32_t index, Stream stream) {
  Container& container = containers_[index];
  Fd& pipe = stream == Stream::output ? container.output : container.error;
  if (!container.used || !pipe) return;
  type_waiting(index);
  Bytes<chunk> buffer;
  const auto size = sys::read(pipe.get(), buffer);
  if (!size && size.error().code == EAGAIN) return;
  if (!size || size.value() == 0) {
    pipe.close();  // the last writer has gone
    type_waiting(index);
    return;
  }
  write_log(index, stream, {buffer, size.value()});
}

// What is still in the pipes when the container has ended; bounded by what a pipe holds.
void Supervisor::drain(std::uint32_t index) {
  Container& container = containers_[index];
  constexpr int most_chunks = 256;
  for (const Stream stream : {Stream::output, Stream::error}) {
    const Fd& pipe = stream == Stream::output ? container.output : container.error;
    for (int count = 0; pipe && count < most_chunks; ++count) {
      Bytes<chunk> buffer;
      const auto size = sys::read(pipe.get(), buffer);
      if (!size || size.value() == 0) break;
      write_log(index, stream, {buffer, size.value()});
    }
  }
}

void Supervisor::stop(Container& container) {
  Session& session = container.session;
  if (session.state.phase == Phase::stopping) return;
  const bool deaf = session.state.phase == Phase::starting || !handles_signal(session.state.pid, container.stop_signal);
  session.state.phase = Phase::stopping;
  (void)session.record.write_state(session.state);
  container.deadline_ms = sys::monotonic_ms() + container.stop_timeout_ms;
  (void)sys::signal_process(session.pidfd.get(), deaf ? SIGKILL : container.stop_signal);
}

// Before the container reads what it depends on, so that no change is missed.
void Supervisor::watch_names(const Spec& spec) {
  if (follower_.is_open() || followed_by_names(spec) == 0) return;
  if (!follower_.open(places_)) return;
  (void)sys::watch(epoll_.get(), follower_.descriptor(), EPOLLIN, tag(Kind::names, 0));
}

// Every start and end of a container on a bridge is news for all others there. A moment later they are brought up to
// date together, so that it takes a tenth of our time at most, however many come and go at once.
void Supervisor::hear_names() {
  constexpr std::uint64_t moment_ms = 10;
  names_changed_ |= follower_.take_changes();
  if (names_changed_ == 0 || names_due_ms_ != UINT64_MAX) return;
  names_due_ms_ = sys::monotonic_ms() + moment_ms + 10 * names_cost_ms_;
}

void Supervisor::follow_names() {
  const std::uint64_t begun = sys::monotonic_ms();
  const unsigned changed = names_changed_;
  names_changed_ = 0;
  names_due_ms_ = UINT64_MAX;
  NameTexts texts(places_.runtime);
  bool any = false;
  for (Container& container : containers_) {
    if (!container.used || container.session.names.follows == 0) continue;
    any = true;
    if ((container.session.names.follows & changed) != 0) follow_session(places_, texts, container.session);
  }
  if (!any) follower_.close();
  names_cost_ms_ = sys::monotonic_ms() - begun;
}

void Supervisor::finish(std::uint32_t index, int status) {
  Container& container = containers_[index];
  if (container.session.channel) {
    hear(index);  // it ended before we heard how its start went
    if (!container.used) return;
  }
  drain(index);
  const auto ended = end_session(places_, container.session, status);
  if (!ended) {
    Failure failure;
    format_error(ended.error(), failure.text);
    say(container.session.name(), failure.text.view());
  }
  reply_waiting(index, Waits::start, 0, {});
  reply_waiting(index, Waits::stop, 0, {});
  reply_waiting(index, Waits::attached, status, {});
  free_container(container);
}

void Supervisor::free_container(Container& container) {
  container.output.close();
  container.error.close();
  container.log = LogFile();
  container.used = container.terminal = container.typed = false;
}

}  // namespace microctr

#include "launcher/supervisor/readiness.h"

#include <algorithm>

#include "launcher/base/bytes.h"
#include "launcher/base/sys.h"
#include "launcher/container/ready_channel.h"
#include "launcher/supervisor/notify_message.h"
#include "launcher/supervisor/plain_line.h"

namespace microctr {

namespace {

constexpr int most_reads = 16;  // at once, so that a flood waits its turn

// An eighth of what has passed: a start that takes a second is noticed within 125 ms.
std::uint64_t pause_after(std::uint64_t passed_ms) { return std::clamp<std::uint64_t>(passed_ms / 8, 10, 60'000); }

}  // namespace

Result<void> ReadinessProbe::begin(const Supervision& spec, Fd channel) {
  kind_ = spec.ready;
  adopted_ = ready_ = port_ = false;
  begun_ms_ = 0;
  due_ms_ = UINT64_MAX;
  channel_ = std::move(channel);
  if (kind_ != Readiness::socket) return {};
  TextWriter socket(socket_);
  socket.add(spec.ready_socket);
  if (socket.overflowed()) {
    return fail(ENAMETOOLONG, "use ready = socket: the path of a socket has at most 107 characters:"_p,
                spec.ready_socket);
  }
  port_ = !begins_with(spec.ready_socket, '/');
  // More than the kernel grants (fs.inotify.max_user_instances): then it is tried from time to time.
  if (!port_) {
    if (auto watcher = sys::open_watcher(); watcher) channel_ = watcher.take();
  }
  return {};
}

Result<void> ReadinessProbe::adopt(const Supervision& spec, CString record, Fd kept) {
  if (spec.ready == Readiness::descriptor && !kept) {
    if (auto pipe = open_ready_pipe(record); pipe) kept = pipe.take();
  }
  TRY(begin(spec, std::move(kept)));
  adopted_ = true;
  return {};
}

ReadinessProbe::Heard ReadinessProbe::become_ready() {
  ready_ = true;
  due_ms_ = UINT64_MAX;
  if (kind_ != Readiness::notify) channel_.close();
  return {.ready = true};
}

void ReadinessProbe::close() {
  channel_.close();
  due_ms_ = UINT64_MAX;
}

ReadinessProbe::Heard ReadinessProbe::hear(const FirstProcess& first, std::uint64_t now_ms, TextWriter& status) {
  switch (kind_) {
    case Readiness::exec: return ready_ ? Heard() : become_ready();
    case Readiness::descriptor: return ready_ ? Heard() : hear_pipe();
    case Readiness::notify: return hear_notify(status);
    case Readiness::socket: return ready_ ? Heard() : try_socket(first, now_ms);
  }
  return {};
}

ReadinessProbe::Heard ReadinessProbe::hear_pipe() {
  Bytes<256> buffer;
  for (int count = 0; count < most_reads; ++count) {
    const auto size = sys::read(channel_.get(), buffer);
    if (!size && size.error().code == EAGAIN) return {};
    if (!size || size.value() == 0) {
      if (adopted_) return become_ready();
      channel_.close();
      return {.failed = true,
              .why = "it closed the descriptor of NOTIFY_FD before it wrote a line to it (ready = fd)"_p};
    }
    if (contains(std::string_view(buffer, size.value()), '\n')) return become_ready();
  }
  return {};
}

ReadinessProbe::Heard ReadinessProbe::hear_notify(TextWriter& status) {
  if (!channel_) return adopted_ && !ready_ ? become_ready() : Heard();
  Bytes<notify_message_size> buffer;
  Heard heard;
  for (int count = 0; count < most_reads; ++count) {
    const auto size = sys::receive(channel_.get(), buffer);
    if (!size) break;
    const NotifyMessage message = read_notify_message({buffer, std::min(size.value(), notify_message_size)});
    if (message.status) {
      heard.status = true;
      status.clear();
      add_plain_line(status, leading(*message.status, std::min(message.status->size(), notify_status_size)));
    }
    if (message.ready && !ready_) heard.ready = become_ready().ready;
  }
  return heard;
}

ReadinessProbe::Heard ReadinessProbe::try_socket(const FirstProcess& first, std::uint64_t now_ms) {
  constexpr std::uint64_t moment_ms = 5;
  constexpr std::uint64_t watched_ms = 600'000;
  if (begun_ms_ == 0) begun_ms_ = now_ms;
  const std::uint64_t passed = now_ms - begun_ms_;
  switch (port_ ? try_port(first) : try_path(first)) {
    case Connected::yes: return become_ready();
    case Connected::coming: due_ms_ = now_ms + moment_ms; break;
    case Connected::no: due_ms_ = now_ms + pause_after(passed); break;
  }
  // A socket that is there but refuses will listen in a moment, or never without being made anew, which the watch sees;
  // a mount that covers its directory is not seen.
  if (!port_ && channel_ && passed > watched_ms) due_ms_ = UINT64_MAX;
  return {};
}

Connected ReadinessProbe::try_port(const FirstProcess& first) {
  const auto port = parse_ready_port(static_cast<const char*>(socket_));
  if (!port) return Connected::no;  // check says so
  if (!channel_) {
    auto socket = open_socket_inside(first, port->address.family);
    if (!socket) return Connected::no;
    channel_ = socket.take();
  }
  const Connected answer = connect_port(channel_.get(), *port);
  if (answer != Connected::yes) return answer;
  const auto itself = sys::is_connected_to_itself(channel_.get());
  if (itself && !itself.value()) return answer;
  channel_.close();  // where the port may be ours: the next one has another
  return Connected::no;
}

Connected ReadinessProbe::try_path(const FirstProcess& first) {
  const CString path = CString::from_pointer(static_cast<const char*>(socket_));
  if (channel_) {
    alignas(8) Bytes<4096> events;
    for (int count = 0; count < most_reads && sys::read(channel_.get(), events); ++count) {
    }
    (void)watch_ready_path(first, path, channel_.get());
  }
  const auto answer = connect_path(first, path);
  return answer ? answer.value() : Connected::no;
}

}  // namespace microctr

#include "launcher/supervisor/name_follower.h"

#include <sys/inotify.h>

#include <cstring>

#include "launcher/base/bytes.h"
#include "launcher/base/sys.h"
#include "launcher/container/refresh_names.h"
#include "launcher/supervisor/recorded_spec.h"

namespace microctr {

namespace {

constexpr std::uint32_t written = IN_CLOSE_WRITE | IN_MOVED_TO | IN_DELETE | IN_ONLYDIR;
constexpr CString resolver = "/etc/resolv.conf";

void refresh(const Places& places, NameTexts& texts, Session& session) {
  RecordPath record(places, session.name());
  Workbench& bench = workbench();
  if (!read_recorded_spec(places, session.name(), bench)) return;
  SessionNames& names = session.names;
  refresh_names({texts, bench.spec, names.gateways.view(), record.text(), session.state.pid}, names.hashes);
  names.stale = false;
}

}  // namespace

Result<void> NameFollower::open(const Places& places) {
  Fd watcher = TRY(sys::open_watcher());
  TRY(sys::watch_path(watcher.get(), places.runtime, written));
  watcher_ = std::move(watcher);
  watch_resolver();
  return {};
}

// Each directory on the way from link to link, since any of these names may be replaced; and the file itself, which
// may be mounted there from elsewhere. What does not exist is not watched.
void NameFollower::watch_resolver() {
  names_ = {};
  TextBuffer<limits::path> path(resolver);
  for (std::uint64_t& name : names_) {
    const std::size_t slash = last_position(path.view(), '/') + 1;
    name = hash_names(after(path.view(), slash));
    TextBuffer<limits::path> directory(leading(path.view(), slash));
    (void)sys::watch_path(watcher_.get(), directory.text(), written | IN_CREATE);
    Bytes<limits::path> storage;
    const auto link = sys::read_link(sys::working_directory, path.text(), storage);
    if (!link) break;
    path.clear();
    path.add(begins_with(link.value(), '/') ? std::string_view() : directory.view(), link.value());
    if (path.overflowed()) break;
  }
  (void)sys::watch_path(watcher_.get(), resolver, IN_CLOSE_WRITE);
  (void)sys::watch_path(watcher_.get(), "/run/systemd/resolve", written);
}

unsigned NameFollower::change_of(std::string_view name) const {
  if (name == "networks") return follows_register;
  if (name.empty()) return follows_resolver;  // the file itself
  const std::uint64_t hash = hash_names(name);
  for (const std::uint64_t one : names_) {
    if (one == hash) return follows_resolver;
  }
  return 0;
}

unsigned NameFollower::take_changes() {
  alignas(inotify_event) Bytes<4096> buffer;
  unsigned changes = 0;
  while (true) {
    const auto size = sys::read(watcher_.get(), buffer);
    if (!size || size.value() == 0) break;
    std::string_view rest(buffer, size.value());
    while (rest.size() >= sizeof(inotify_event)) {
      inotify_event event;
      std::memcpy(&event, rest.data(), sizeof event);
      const char* const name = rest.data() + sizeof event;  // padded with NUL
      if ((event.mask & IN_Q_OVERFLOW) != 0) changes |= follows_register | follows_resolver;
      if ((event.mask & (IN_IGNORED | IN_Q_OVERFLOW)) == 0) {
        changes |= change_of(event.len == 0 ? std::string_view() : std::string_view(name));
      }
      rest = after(rest, sizeof event + event.len);
    }
  }
  if ((changes & follows_resolver) != 0) watch_resolver();  // it may lead elsewhere now
  return changes;
}

void follow_session(const Places& places, NameTexts& texts, Session& session) {
  if (session.state.phase == Phase::starting) session.names.stale = true;
  if (session.state.phase == Phase::running) refresh(places, texts, session);
}

void refresh_session(const Places& places, Session& session) {
  NameTexts texts(places.runtime);
  refresh(places, texts, session);
}

}  // namespace microctr

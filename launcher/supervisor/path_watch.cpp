#include "launcher/supervisor/path_watch.h"

#include <fcntl.h>
#include <sys/inotify.h>

#include <algorithm>

#include "launcher/base/bytes.h"
#include "launcher/base/limits.h"
#include "launcher/base/sys.h"
#include "launcher/base/text.h"

namespace microctr {

namespace {

constexpr std::uint32_t changed = IN_CREATE | IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;
constexpr unsigned most_links = 8;

bool exists(CString path) { return static_cast<bool>(sys::status_at(sys::working_directory, path, 0)); }

}  // namespace

Result<void> PathWatch::open() {
  Fd watcher = TRY(sys::open_watcher());
  Fd mounts = TRY(sys::open("/proc/self/mountinfo", O_RDONLY));
  Fd events = TRY(sys::open_epoll());
  TRY(sys::watch(events.get(), watcher.get(), EPOLLIN, 0));
  TRY(sys::watch(events.get(), mounts.get(), EPOLLPRI, 1));
  watcher_ = std::move(watcher);
  mounts_ = std::move(mounts);
  events_ = std::move(events);
  first_watch_ = 0;
  last_watch_ = -1;
  return {};
}

void PathWatch::close() {
  events_.close();
  watcher_.close();
  mounts_.close();
}

void PathWatch::watch_directory(CString path) {
  const auto number = sys::add_path_watch(watcher_.get(), path, changed);
  if (!number) return;
  if (last_watch_ < first_watch_) first_watch_ = number.value();  // numbers only grow (inotify(7))
  first_watch_ = std::min(first_watch_, number.value());
  last_watch_ = std::max(last_watch_, number.value());
}

bool PathWatch::is_there(CString path) {
  constexpr int most_steps = 64;  // each means that something has come meanwhile
  for (int step = 0; step < most_steps; ++step) {
    if (exists(path)) return true;
    if (!watch_missing(path)) return false;
  }
  return false;
}

// Watches the directory in which the first missing component is awaited. A symbolic link that leads nowhere is not
// missing: what it leads to is. True: something has come between looking and watching.
bool PathWatch::watch_missing(CString path) {
  TextBuffer<limits::path> wanted(path);
  for (unsigned link = 0; link < most_links; ++link) {
    TextBuffer<limits::path> directory(wanted.view());
    std::size_t slash = last_position(wanted.view(), '/');
    do {
      directory.clear();
      directory.add(slash == 0 || slash == std::string_view::npos ? std::string_view("/")
                                                                  : leading(wanted.view(), slash));
      if (exists(directory.text())) break;
      slash = last_position(leading(wanted.view(), slash), '/');
    } while (directory.view() != "/");
    watch_directory(directory.text());

    std::string_view rest = after(wanted.view(), directory.size());
    while (begins_with(rest, '/')) rest.remove_prefix(1);
    const std::string_view name = cut(rest, '/');
    TextBuffer<limits::path> missing(directory.view(), directory.view() == "/" ? "" : "/", name);
    if (exists(missing.text())) return true;
    Bytes<limits::path> storage;
    const auto target = sys::read_link(sys::working_directory, missing.text(), storage);
    if (!target) return false;
    TextBuffer<limits::path> next(begins_with(target.value(), '/') ? std::string_view() : directory.view(),
                                  begins_with(target.value(), '/') ? "" : "/", target.value(), rest.empty() ? "" : "/",
                                  rest);
    if (next.overflowed()) return false;
    wanted.clear();
    wanted.add(next.view());
  }
  return false;
}

// That the mounts have changed is said once to whoever polls for it, and the poll of our descriptor was that: what is
// left here to say need not be true.
void PathWatch::take_changes() {
  for (int number = first_watch_; number <= last_watch_; ++number) {
    (void)sys::remove_path_watch(watcher_.get(), number);
  }
  first_watch_ = 0;
  last_watch_ = -1;
  alignas(8) Bytes<4096> buffer;  // with the last words of those that have just been removed
  while (sys::read(watcher_.get(), buffer)) {
  }
  epoll_event events[2];
  (void)sys::wait_events(events_.get(), events, 0);
}

}  // namespace microctr

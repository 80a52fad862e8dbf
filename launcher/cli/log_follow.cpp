#include "launcher/cli/log_follow.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/inotify.h>

#include "launcher/base/log.h"
#include "launcher/base/sys_terminal.h"
#include "launcher/cli/log_chain.h"
#include "launcher/supervisor/record.h"

namespace microctr {

namespace {

// Whether the container is still one to wait for, and what wakes us when that changes: the state file, which its
// supervisor writes and, dead or alive, closes; the record's directory; the first process.
class Watch {
 public:
  Watch(const Places& places, CString name) : places_(places), name_(name) {}

  Result<void> open(CString log_path);
  Result<void> add_log(int file);
  bool is_over();
  Result<bool> wait();  // false: nobody reads any more

 private:
  void watch_process(const State& state);

  const Places& places_;
  CString name_;
  Fd watcher_;
  Fd process_;
  pid_t pid_ = 0;  // whose `process_` is or was
  std::uint64_t pid_started_ = 0;
  std::uint64_t record_ = 0;  // inode
  int tries_ = 0;
  int timeout_ms_ = -1;
};

constexpr std::uint32_t directory_events = IN_CREATE | IN_MOVED_TO | IN_DELETE | IN_DELETE_SELF | IN_ONLYDIR;

Result<void> Watch::open(CString log_path) {
  watcher_ = TRY(sys::open_watcher());
  RecordPath path(places_, name_);
  record_ = TRY(sys::status_at(sys::working_directory, path.text(), 0)).inode;
  TRY(sys::watch_path(watcher_.get(), path.text(), directory_events));
  path.add("/state");
  TRY(sys::watch_path(watcher_.get(), path.text(), IN_MODIFY | IN_CLOSE_WRITE));
  const TextBuffer<limits::path> parent(leading(log_path, last_position(log_path, '/')), "/");
  return sys::watch_path(watcher_.get(), parent.text(), directory_events);
}

Result<void> Watch::add_log(int file) {
  const TextBuffer<40> path("/proc/self/fd/", file);
  return sys::watch_path(watcher_.get(), path.text(), IN_MODIFY);
}

// Once for each process. Closed again: it has ended, or another one has its number.
void Watch::watch_process(const State& state) {
  if (state.pid == 0 || (state.pid == pid_ && state.pid_started == pid_started_)) return;
  process_.close();
  pid_ = state.pid;
  pid_started_ = state.pid_started;
  if (auto opened = sys::open_process(state.pid); opened) process_ = opened.take();
  const auto started = process_start_time(state.pid);
  if (!started || started.value() != state.pid_started) process_.close();
}

bool Watch::is_over() {
  constexpr int most_tries = 500;
  timeout_ms_ = -1;
  RecordPath path(places_, name_);
  const auto directory = sys::status_at(sys::working_directory, path.text(), 0);
  if (!directory || directory.value().inode != record_) return true;
  const auto state = read_state(places_, name_);
  const auto owned = is_owned(places_, name_);
  if (!state || !owned) return true;
  watch_process(state.value());
  const Phase phase = state.value().phase;
  const bool ended = phase == Phase::exited || phase == Phase::failed;
  const bool dead = state.value().pid != 0 && !process_;
  if (!ended && !dead) {
    tries_ = 0;
    return false;
  }
  if (!owned.value()) return true;
  // Its owner is about to let it go, or to write what comes next; the file system tells of a close before the lock is
  // gone.
  if (++tries_ < most_tries) timeout_ms_ = 10;
  return false;
}

Result<bool> Watch::wait() {
  pollfd entries[] = {{watcher_.get(), POLLIN, 0}, {process_.get(), POLLIN, 0}, {1, 0, 0}};
  (void)TRY(sys::wait_for_any_of(entries, timeout_ms_));
  Bytes<4096> events;
  while (sys::read(watcher_.get(), events)) {
  }
  if ((entries[1].revents & POLLIN) != 0) process_.close();
  return entries[2].revents == 0;
}

Result<void> print_from(int file, std::uint64_t& offset, LogPrinter& printer) {
  EntryReader reader(file, offset);
  std::string_view line;
  while (TRY(reader.next(line))) printer.print(parse_log_entry(line));
  offset = reader.offset();
  return {};
}

}  // namespace

Result<void> follow_log(const Places& places, CString name, const LogFiles& files, Fd newest, std::uint64_t offset,
                        LogPrinter& printer) {
  Watch watch(places, name);
  TRY(watch.open(files.path));
  if (newest) TRY(watch.add_log(newest.get()));
  while (true) {
    const bool over = watch.is_over();  // asked first, so that what it wrote last is still read
    if (newest) TRY(print_from(newest.get(), offset, printer));
    Fd newer = TRY(open_newer(files.path, files.count, newest.get()));
    if (newer) {
      if (newest) TRY(print_from(newest.get(), offset, printer));  // what came right before it was full
      newest = std::move(newer);
      offset = 0;
      TRY(watch.add_log(newest.get()));
      continue;
    }
    printer.flush();
    if (over || !printed() || !TRY(watch.wait())) return {};
  }
}

}  // namespace microctr

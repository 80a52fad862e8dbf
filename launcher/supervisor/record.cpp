#include "launcher/supervisor/record.h"

#include <fcntl.h>
#include <sys/file.h>

#include <algorithm>

#include "launcher/base/bytes.h"
#include "launcher/base/directory_list.h"
#include "launcher/base/file.h"
#include "launcher/base/sys.h"
#include "launcher/container/journal.h"
#include "launcher/container/process_time.h"
#include "launcher/container/runtime_lock.h"
#include "launcher/supervisor/state_text.h"

namespace microctr {

namespace {

constexpr std::size_t state_size = 1024;

std::size_t owned_records = 0;  // of this process

constexpr TableText<16> record_files[] = {
    "log", "log.1", "config", "journal", "microctr-lease", "seccomp",     "state",     "names", "out",
    "err", "ready", "notify", "why",     "status_text",    "environment", "config.new"};
constexpr TableText<16> bound_files[] = {"etc/hostname", "etc/hosts", "etc/resolv.conf"};

Result<Fd> open_state(const Places& places, CString name, int flags) {
  RecordPath path(places, name);
  path.add("/state");
  return sys::open(path.text(), flags | O_NOFOLLOW, 0600);
}

// In place, since the lock is on the file itself; a reader that meets a half one sees no end line and reads again.
Result<State> read_open_state(int file) {
  constexpr int most_tries = 50;
  Bytes<state_size> buffer;
  for (int attempt = 0; attempt < most_tries; ++attempt) {
    const std::size_t size = TRY(sys::read_at(file, buffer, 0));
    const auto state = parse_state({buffer, size});
    if (state) return *state;
    TRY(sys::sleep_ms(1));
  }
  return fail(EINVAL, "read the container's state"_p);
}

bool try_lock(int file) { return static_cast<bool>(sys::lock(file, LOCK_EX | LOCK_NB)); }

// A waiter or a reader may hold the lock for a moment after the owner has gone.
Result<void> lock_as_owner(int file) {
  constexpr int most_tries = 200;
  for (int attempt = 0; attempt < most_tries; ++attempt) {
    if (try_lock(file)) return {};
    const auto state = read_open_state(file);
    if (!state || !has_ended(state.value().phase)) break;
    TRY(sys::sleep_ms(1));
  }
  return fail(EEXIST, "start: a container of this name is running"_p);
}

void remove_bound_files(int record) {
  const auto removed = sys::remove_directory(record, "etc");
  if (removed || removed.error().code != ENOTEMPTY) return;
  for (const CString file : bound_files) (void)sys::remove_file(record, file);
  (void)sys::remove_directory(record, "etc");
}

bool is_record_file(std::string_view name) {
  return std::ranges::any_of(record_files, [name](const auto& file) { return file.text() == name; });
}

void remove_record(const Places& places, CString name) {
  RecordPath path(places, name);
  const auto directory = sys::open(path.text(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  if (!directory) return;
  const int record = directory.value().get();
  DirectoryList list(record);
  for (auto file = list.next(); file && !file.value().empty(); file = list.next()) {
    if (file.value() == "etc") remove_bound_files(record);
    if (is_record_file(file.value())) (void)sys::remove_file(record, file.value());
  }
  (void)sys::remove_directory(sys::working_directory, path.text());
}

Result<void> make_record(const Places& places, CString record) {
  auto made = sys::make_directory(sys::working_directory, record, 0700);
  if (made || made.error().code != ENOENT) return made;
  const TextBuffer<limits::path> all(places.runtime, "/containers");
  TRY(sys::make_directory(sys::working_directory, all.text(), 0700));
  return sys::make_directory(sys::working_directory, record, 0700);
}

bool waits(Phase phase) { return phase == Phase::waiting || phase == Phase::delayed; }

void sweep_one(void* context, CString name) {
  const Places& places = *static_cast<const Places*>(context);
  RecordPath path(places, name);
  const auto file = open_state(places, name, O_RDWR);
  if (!file) {
    remove_record(places, name);  // its owner was killed before it wrote anything
    return;
  }
  const int state_file = file.value().get();
  if (!try_lock(state_file)) return;
  auto state = read_open_state(state_file);
  const bool background = state && !state.value().foreground;
  if (background && is_alive(state.value())) return;
  if (!undo_journal(places.runtime, path.text(), background ? Keep::yes : Keep::no)) return;  // the next command tries
  if (background && (has_ended(state.value().phase) || waits(state.value().phase))) return;
  if (!state || state.value().foreground) {
    remove_record(places, name);
    return;
  }
  state.value().phase = Phase::failed;
  state.value().status = 128 + SIGKILL;  // nobody saw its end, and that is no success
  state.value().pid = 0;
  state.value().ended = sys::wall_time().seconds;
  (void)put_state(state_file, state.value());
}

}  // namespace

bool is_alive(const State& state) { return state.pid != 0 && is_running(state.pid, state.pid_started); }

[[gnu::noinline]] RecordPath::RecordPath(const Places& places, CString name)
    : TextBuffer(places.runtime, "/containers/", name) {}

Result<Record> Record::claim(const Places& places, CString name, bool& is_new) {
  RecordPath path(places, name);
  if (path.overflowed()) return fail(ENAMETOOLONG, "make the record"_p);
  const auto made = make_record(places, path.text());
  is_new = static_cast<bool>(made);
  if (!made && made.error().code != EEXIST) return made.failed();
  auto file = open_state(places, name, O_RDWR | O_CREAT);
  if (!file) {
    (void)sys::remove_directory(sys::working_directory, path.text());  // an older record is not empty, and stays
    return file.failed();
  }
  TRY(lock_as_owner(file.value().get()));
  Record record;
  record.state_ = file.take();
  ++owned_records;
  return record;
}

Result<Record> Record::adopt(const Places& places, CString name, State& state) {
  Record record;
  constexpr int most_tries = 50;  // who looks whether it has an owner holds the lock for a moment
  record.state_ = TRY(open_state(places, name, O_RDWR));
  for (int attempt = 1; !try_lock(record.state_.get()); ++attempt) {
    if (attempt == most_tries) return fail(EEXIST, "adopt: somebody owns it"_p);
    TRY(sys::sleep_ms(1));
  }
  state = TRY(read_open_state(record.state_.get()));
  ++owned_records;
  return record;
}

Result<void> Record::write_state(const State& state) { return put_state(state_.get(), state); }

void Record::remove(const Places& places, CString name) {
  remove_record(places, name);
  leave();
}

void Record::leave() {
  if (state_) --owned_records;
  state_.close();
}

Result<State> read_state(const Places& places, CString name) {
  const Fd file = TRY(open_state(places, name, O_RDONLY));
  return read_open_state(file.get());
}

Result<bool> is_owned(const Places& places, CString name) {
  const Fd file = TRY(open_state(places, name, O_RDONLY));
  const auto locked = sys::lock(file.get(), LOCK_SH | LOCK_NB);
  if (locked) return false;
  if (locked.error().code != EAGAIN) return locked.failed();
  return true;
}

Result<State> wait_until_ended(const Places& places, CString name, std::uint64_t timeout_ms) {
  const Fd file = TRY(open_state(places, name, O_RDONLY));
  if (timeout_ms == UINT64_MAX) {
    TRY(sys::lock(file.get(), LOCK_SH));
    return read_open_state(file.get());
  }
  const std::uint64_t deadline = sys::monotonic_ms() + timeout_ms;
  while (true) {
    const auto locked = sys::lock(file.get(), LOCK_SH | LOCK_NB);
    if (locked) return read_open_state(file.get());
    if (locked.error().code != EAGAIN || sys::monotonic_ms() >= deadline) return locked.failed();
    TRY(sys::sleep_ms(5));
  }
}

Result<void> for_each_record(const Places& places, void* context, void (*visit)(void* context, CString name)) {
  TextBuffer<limits::path> path(places.runtime, "/containers");
  const auto list = sys::open(path.text(), O_RDONLY | O_DIRECTORY);
  if (!list) return list.error().code == ENOENT ? Result<void>() : list.error();
  DirectoryList names(list.value().get());
  while (true) {
    const CString name = TRY(names.next());
    if (name.empty()) return {};
    if (!begins_with(name, '.')) visit(context, name);
  }
}

// A directory has a link for each one in it, and two of its own; where it does not (btrfs), there may be others.
bool has_foreign_records(const Places& places) {
  TextBuffer<limits::path> path(places.runtime, "/containers");
  const auto status = sys::status_at(sys::working_directory, path.text(), 0);
  return status ? status.value().links != owned_records + 2 : status.error().code != ENOENT;
}

void sweep_records(const Places& places) { (void)for_each_record(places, const_cast<Places*>(&places), sweep_one); }

}  // namespace microctr

#include "launcher/container/journal.h"

#include <fcntl.h>

#include "launcher/base/bytes.h"
#include "launcher/base/directory_list.h"
#include "launcher/base/file.h"
#include "launcher/base/limits.h"
#include "launcher/base/sys.h"
#include "launcher/base/text.h"
#include "launcher/container/cgroup.h"
#include "launcher/container/id_range.h"
#include "launcher/container/process_time.h"
#include "launcher/net/network_name.h"
#include "launcher/net/network_release.h"

namespace microctr {

namespace {

constexpr std::size_t journal_size = 16 * 1024;

// Only the kernel's own answer counts as no: an entry whose undo could not be tried is tried again.
Result<bool> is_cgroup(CString directory) {
  constexpr std::uint64_t legacy_magic = 0x27e0eb;     // CGROUP_SUPER_MAGIC
  constexpr std::uint64_t unified_magic = 0x63677270;  // CGROUP2_SUPER_MAGIC
  const auto opened = sys::open(directory, O_PATH | O_DIRECTORY | O_NOFOLLOW);
  if (!opened) {
    const int code = opened.error().code;
    if (code == ENOENT || code == ENOTDIR || code == ELOOP) return false;
    return opened.failed();
  }
  const std::uint64_t type = TRY(sys::file_system_type(opened.value().get()));
  return type == legacy_magic || type == unified_magic;
}

// "INTERFACE PID STARTED"
Result<Fd> open_client(std::string_view line, unsigned& interface) {
  interface = static_cast<unsigned>(parse_number(next_word(line), limits::interfaces - 1).value_or(0));
  const auto pid = static_cast<pid_t>(parse_number(next_word(line), INT32_MAX).value_or(0));
  return open_process_of(pid, parse_number(next_word(line)).value_or(0));
}

Result<void> undo_entry(CString runtime, Keep addresses, std::string_view line) {
  const std::string_view kind = cut(line, '\t');
  const std::string_view first = cut(line, '\t');
  TextBuffer<limits::path> name(first);
  TextBuffer<limits::name + 1> owner(line);
  // What nobody of us has written stands for nothing done.
  if (name.overflowed() || owner.overflowed()) return {};
  if (kind == "parent") {
    (void)sys::remove_directory(sys::working_directory, name.text());  // others may still be in it
    return {};
  }
  if (kind == "cgroup") {
    // Whose pid namespace has ended has left it empty.
    if (sys::remove_directory(sys::working_directory, name.text())) return {};
    if (!TRY(is_cgroup(name.text()))) return {};
    TRY(kill_cgroup(name.text()));
    return remove_cgroup(name.text());
  }
  if (kind == "network") return release_network(runtime, name.text(), addresses);
  if (kind == "ids") return release_id_range(runtime, name.text(), addresses);
  if (kind == "client") {
    unsigned interface;
    if (const auto client = open_client(first, interface); client)
      (void)sys::signal_process(client.value().get(), SIGTERM);
    return {};
  }
  if (kind == "name") return unname_network(runtime, name.text(), owner.view());
  return {};
}

// Backwards, line by line, to the end, whatever fails on the way.
Result<void> undo_lines(CString runtime, Keep addresses, std::string_view lines) {
  Result<void> first = {};
  bool failed = false;
  // An entry is written before its deed: one that was cut off stands for nothing done, and names who knows what.
  lines = leading(lines, last_position(lines, '\n') + 1);  // npos + 1 is 0
  while (!lines.empty()) {
    if (lines.back() == '\n') lines.remove_suffix(1);
    const std::size_t before = last_position(lines, '\n');
    const std::size_t start = before == std::string_view::npos ? 0 : before + 1;
    const auto undone = undo_entry(runtime, addresses, after(lines, start));
    lines = leading(lines, start);
    if (!undone && !failed) {
      failed = true;
      first = undone;
    }
  }
  return first;
}

// Whether any record but `record` has a journal: its container may use the controllers that we enabled.
Result<bool> another_journal(CString runtime, CString record) {
  TextBuffer<limits::path> directory(runtime, "/containers");
  const Fd list = TRY(sys::open(directory.text(), O_RDONLY | O_DIRECTORY));
  DirectoryList names(list.get());
  const CString own = record.from(last_position(record, '/') + 1);
  while (true) {
    const CString name = TRY(names.next());
    if (name.empty()) return false;
    if (name == own) continue;
    TextBuffer<limits::path> journal(directory.text(), "/", name, "/journal");
    if (sys::status_at(sys::working_directory, journal.text(), 0)) return true;
  }
}

}  // namespace

Result<void> Journal::note_cgroup(CString directory) { return append("cgroup", directory, {}); }

Result<void> Journal::note_parent_cgroup(CString directory) {
  parent_ = directory;
  return append("parent", directory, {});
}

Result<void> Journal::note_id_range(CString container) { return append("ids", container, {}); }

Result<void> Journal::note_network(CString container) { return append("network", container, {}); }

Result<void> Journal::note_network_name(CString container, pid_t process, std::uint64_t inode) {
  return append("name", container, TextBuffer<40>(process, ":", inode).text());
}

Result<void> Journal::note_client(unsigned interface, pid_t client) {
  const std::uint64_t started = TRY(process_start_time(client));
  return append("client", TextBuffer<64>(interface, " ", client, " ", started).text(), {});
}

Result<void> Journal::begin() {
  if (file_) return {};
  TextBuffer<limits::path> path(record_, "/journal");
  file_ = TRY(sys::open(path.text(), O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, 0600));
  return {};
}

Result<void> Journal::append(Literal kind, CString first, CString second) {
  TRY(begin());
  if (contains(first, '\t') || contains(first, '\n'))  // it would be read as another name
    return fail(EINVAL, "note what to undo: there is a tab or a line break in"_p, first);
  TextBuffer<limits::path * 2> line(kind, "\t", first, "\t", second, "\n");
  return write_all(file_.get(), line.view());
}

Result<void> undo_journal(CString runtime, CString record, Keep addresses) {
  Bytes<journal_size> buffer;
  TextBuffer<limits::path> path(record, "/journal");
  const auto text = read_file(sys::working_directory, path.text(), buffer);
  if (!text) return text.error().code == ENOENT ? Result<void>() : text.error();
  const auto undone = undo_lines(runtime, addresses, text.value());
  if (!undone) return undone;  // the journal stays, for the next one to try again
  if (has_enabled_controllers(runtime)) {
    const auto another = another_journal(runtime, record);
    if (another && !another.value()) (void)disable_controllers(runtime);
  }
  return sys::remove_file(sys::working_directory, path.text());
}

Result<void> for_each_client(CString record, void* context,
                             void (*visit)(void* context, unsigned interface, Fd client)) {
  Bytes<journal_size> buffer;
  TextBuffer<limits::path> path(record, "/journal");
  std::string_view lines = TRY(read_file(sys::working_directory, path.text(), buffer));
  while (!lines.empty()) {
    std::string_view line = cut(lines, '\n');
    if (cut(line, '\t') != "client") continue;
    unsigned interface;
    if (auto client = open_client(cut(line, '\t'), interface); client) visit(context, interface, client.take());
  }
  return {};
}

}  // namespace microctr

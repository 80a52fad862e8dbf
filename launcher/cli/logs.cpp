// logs: the bounded log of a background container, in the order in which it was written.

#include <fcntl.h>
#include <sys/inotify.h>

#include "launcher/base/bytes.h"
#include "launcher/base/file.h"
#include "launcher/base/log.h"
#include "launcher/base/sys.h"
#include "launcher/base/text.h"
#include "launcher/cli/verbs.h"
#include "launcher/supervisor/record.h"

namespace microctr {

namespace {

constexpr std::size_t longest_entry = 4096;

// Prints entries: "TIME STREAM F|P TEXT". What the container wrote to its standard error goes to ours.
class Printer {
 public:
  explicit Printer(bool times) : times_(times) {}

  void entry(std::string_view line) {
    const std::string_view time = cut(line, ' ');
    const std::string_view stream = cut(line, ' ');
    const std::string_view whole = cut(line, ' ');
    TextBuffer<longest_entry> text;
    if (times_ && !continued_) text.add(time, " ");
    continued_ = whole == "P";
    text.add(line, continued_ ? "" : "\n");
    (void)write_all(stream == "stderr" ? 2 : 1, text.view());
  }

 private:
  bool times_;
  bool continued_ = false;
};

// Visits whole entries from `offset` on, which becomes the end of the last one: a writer may be in the middle of the
// next, and then that one is read when it is whole.
template <typename Visit>
Result<void> for_each_entry(int file, std::uint64_t& offset, Visit visit) {
  Bytes<longest_entry * 2> buffer;
  while (true) {
    const std::size_t count = TRY(sys::read_at(file, buffer, offset));
    std::string_view rest(buffer, count);
    for (std::size_t end = position(rest, '\n'); end != std::string_view::npos; end = position(rest, '\n')) {
      visit(leading(rest, end));
      rest.remove_prefix(end + 1);
    }
    if (rest.size() == sizeof buffer) rest = {};  // not one of ours
    if (rest.size() == count) return {};
    offset += count - rest.size();
  }
}

Result<Fd> open_log(const Places& places, CString name, CString file) {
  RecordPath path(places, name);
  path.add("/", file);
  return sys::open(path.text(), O_RDONLY | O_NOFOLLOW);
}

// Whether an entry ends a line; a part of a longer one does not.
bool ends_line(std::string_view entry) {
  (void)cut(entry, ' ');
  (void)cut(entry, ' ');
  return begins_with(entry, 'F');
}

std::uint64_t count_lines(const Places& places, CString name) {
  std::uint64_t count = 0;
  bool open = false;
  for (const CString file : {CString("log.1"), CString("log")}) {
    const auto log = open_log(places, name, file);
    if (!log) continue;
    std::uint64_t offset = 0;
    (void)for_each_entry(log.value().get(), offset, [&](std::string_view entry) {
      open = !ends_line(entry);
      if (!open) ++count;
    });
  }
  return count + (open ? 1 : 0);
}

// Follows the newest file; it is another one after it has been full. Ends with the container.
Result<void> follow(const Places& places, CString name, Fd log, std::uint64_t offset, Printer& printer) {
  RecordPath record(places, name);
  const Fd watcher = TRY(sys::open_watcher());
  TRY(sys::watch_path(watcher.get(), record.text(), IN_MODIFY | IN_CREATE | IN_MOVED_TO | IN_DELETE));
  while (true) {
    const auto owned = is_owned(places, name);  // asked first, so that what it wrote last is still read
    const auto print_entry = [&](std::string_view line) { printer.entry(line); };
    TRY(for_each_entry(log.get(), offset, print_entry));
    auto newest = open_log(places, name, "log");
    if (newest && TRY(sys::status(newest.value().get())).inode != TRY(sys::status(log.get())).inode) {
      TRY(for_each_entry(log.get(), offset, print_entry));  // what came right before it was full
      log = newest.take();
      offset = 0;
      continue;
    }
    if (!owned || !owned.value()) return {};
    // An owner that was killed writes nothing more: look from time to time whether it is still there.
    if (TRY(sys::poll_one(watcher.get(), POLLIN, 2000))) {
      Bytes<4096> events;
      (void)sys::read(watcher.get(), events);
    }
  }
}

}  // namespace

int verb_logs(const Invocation& invocation) {
  const CString name = invocation.arguments[0];
  const Places& places = invocation.places;
  if (contains(name.view(), '/') || !read_state(places, name)) {
    log_error(name, "no such container"_p);
    return 1;
  }
  std::uint64_t skip = 0;
  if (!invocation.lines.empty()) {
    const auto wanted = parse_number(invocation.lines);
    if (!wanted) {
      log_error({}, "logs -n: a number is needed"_p);
      return usage_error;
    }
    const std::uint64_t all = count_lines(places, name);
    skip = all > *wanted ? all - *wanted : 0;
  }
  Printer printer(invocation.times);
  // Both are opened before one is read: the newer may take the older one's name meanwhile.
  auto newest = open_log(places, name, "log");
  const auto older = open_log(places, name, "log.1");
  const auto print_entry = [&](std::string_view line) {
    if (skip == 0)
      printer.entry(line);
    else if (ends_line(line))
      --skip;
  };
  std::uint64_t offset = 0;
  if (older) (void)for_each_entry(older.value().get(), offset, print_entry);
  offset = 0;
  if (!newest) return 0;
  (void)for_each_entry(newest.value().get(), offset, print_entry);
  if (invocation.follow) (void)follow(places, name, newest.take(), offset, printer);
  return 0;
}

}  // namespace microctr

#include "launcher/container/cgroup.h"

#include <fcntl.h>

#include "launcher/base/bytes.h"
#include "launcher/base/directory_list.h"
#include "launcher/base/file.h"
#include "launcher/base/limits.h"
#include "launcher/base/sys.h"
#include "launcher/base/text.h"

namespace microctr {

namespace {

constexpr Literal enabled_file = "/controllers";  // in the runtime directory: what we enabled in cgroups not ours

bool has_word(std::string_view words, std::string_view wanted) {
  for (std::string_view word = next_word(words); !word.empty(); word = next_word(words)) {
    if (word == wanted) return true;
  }
  return false;
}

bool ends_with_our_name(std::string_view directory) { return directory.ends_with("/microctr"); }

// One signal to each process of the cgroup; the number of processes.
Result<std::size_t> kill_listed(int directory) {
  Bytes<4096> buffer;
  const Fd file = TRY(sys::open_at(directory, "cgroup.procs", O_RDONLY));
  const std::size_t size = TRY(sys::read(file.get(), buffer));
  std::string_view lines(buffer, size);
  std::size_t count = 0;
  while (contains(lines, '\n')) {
    const auto pid = parse_number(cut(lines, '\n'), INT32_MAX);
    // 0 is a process of another pid namespace, which only its own tree's end can reach.
    if (!pid || *pid == 0) continue;
    ++count;
    const auto sent = sys::signal_pid(static_cast<pid_t>(*pid), SIGKILL);
    if (!sent && sent.error().code != ESRCH) return sent.failed();
  }
  return count;
}

// What a delegated container made below its cgroup, however deep it is: on one way down, all that has no children.
// False: nothing went; what still is in use stays for the next round. Files of a cgroup need not be removed, and cannot
// be.
bool remove_children(CString directory) {
  bool removed = false;
  auto opened = sys::open(directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  Fd cgroup = opened ? opened.take() : Fd();
  while (cgroup) {
    const int above = cgroup.get();
    Fd below;
    DirectoryList list(above);
    for (auto name = list.next(); name && !name.value().empty(); name = list.next()) {
      if (list.type() != DT_DIR) continue;
      auto child = sys::open_at(above, name.value(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
      if (!child) continue;
      (void)kill_listed(child.value().get());  // v1, and v2 before 5.14, kill one cgroup at a time
      if (sys::remove_directory(above, name.value())) {
        removed = true;
      } else {
        below = child.take();
      }
    }
    cgroup = std::move(below);
  }
  return removed;
}

// Somebody else's, who may have set a limit with what we enabled: the kernel says EBUSY only where it is handed down.
bool has_foreign_child(CString cgroup) {
  const auto opened = sys::open(cgroup, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  if (!opened) return false;
  DirectoryList list(opened.value().get());
  while (true) {
    const auto name = list.next();
    if (!name || name.value().empty()) return !name;
    if (list.type() == DT_DIR && name.value() != CString(caller_cgroup).from(1)) return true;
  }
}

// All processes of one cgroup into another.
Result<void> move_processes(CString from, CString to) {
  Bytes<4096> buffer;
  TextBuffer<limits::path> list(from, "/cgroup.procs");
  TextBuffer<limits::path> into(to, "/cgroup.procs");
  std::string_view lines = TRY(read_file(sys::working_directory, list.text(), buffer));
  while (!lines.empty()) {
    const std::string_view pid = cut(lines, '\n');
    if (pid == "0") continue;  // of another pid namespace; written, it would mean this process
    const auto moved = write_value(sys::working_directory, into.text(), pid);
    if (!moved && moved.error().code != ESRCH) return moved;
  }
  return {};
}

}  // namespace

Result<void> make_cgroup(const Step& step, Journal& journal) {
  const bool leaf = step.flags == cgroup_leaf;
  const auto is_there = [&] { return static_cast<bool>(sys::status_at(sys::working_directory, step.target, 0)); };
  if (leaf) {
    // A left-over must not lend its limits; one that is in use says EBUSY.
    if (is_there()) TRY(sys::remove_directory(sys::working_directory, step.target));
    TRY(journal.note_cgroup(step.target));
  } else if (ends_with_our_name(step.target) || !is_there()) {
    TRY(journal.note_parent_cgroup(step.target));
  }
  const auto made = sys::make_directory(sys::working_directory, step.target, 0755);
  if (!made && (made.error().code != EEXIST || leaf)) return made.failed();
  return {};
}

Result<void> enable_controllers(const Step& step, CString runtime, Journal& journal) {
  // Who has a journal may use what others enabled, and undoes what it enabled itself.
  TRY(journal.begin());
  Bytes<512> buffer;
  TextBuffer<limits::path> file(step.target, "/cgroup.subtree_control");
  std::string_view enabled = TRY(read_value(sys::working_directory, file.text(), buffer));
  if (!enabled.empty() && enabled.back() == '\n') enabled.remove_suffix(1);
  TextBuffer<256> missing;
  TextBuffer<256> undo;
  std::string_view wanted = step.options;
  for (std::string_view word = next_word(wanted); !word.empty(); word = next_word(wanted)) {
    const std::string_view controller = after(word, 1);
    if (has_word(enabled, controller)) continue;
    missing.add(missing.size() == 0 ? "+" : " +", controller);
    undo.add(undo.size() == 0 ? "-" : " -", controller);
  }
  if (missing.size() == 0) return {};
  if (step.target != journal.parent_cgroup()) {  // that goes with its controllers
    TextBuffer<limits::path> path(runtime, enabled_file);
    TextBuffer<limits::path> line(step.target, "\t", undo.view(), "\n");
    const Fd list = TRY(sys::open(path.text(), O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, 0600));
    TRY(write_all(list.get(), line.view()));
  }
  const auto written = write_value(sys::working_directory, file.text(), missing.view());
  if (written || written.error().code != EBUSY || step.flags != cgroup_of_caller) return written;
  TextBuffer<limits::path> child(step.target, caller_cgroup);
  const auto made = sys::make_directory(sys::working_directory, child.text(), 0755);
  if (!made && made.error().code != EEXIST) return made;
  TRY(move_processes(step.target, child.text()));
  return write_value(sys::working_directory, file.text(), missing.view());
}

bool has_enabled_controllers(CString runtime) {
  TextBuffer<limits::path> path(runtime, enabled_file);
  return static_cast<bool>(sys::status_at(sys::working_directory, path.text(), 0));
}

Result<void> disable_controllers(CString runtime) {
  Bytes<limits::path * 2> buffer;
  TextBuffer<limits::path> path(runtime, enabled_file);
  const auto text = read_file(sys::working_directory, path.text(), buffer);
  if (!text) return {};
  std::string_view lines = text.value();
  while (!lines.empty()) {  // backwards: a cgroup keeps what one below it hands down
    if (lines.back() == '\n') lines.remove_suffix(1);
    const std::size_t start = last_position(lines, '\n') + 1;  // npos + 1 is 0
    std::string_view line = after(lines, start);
    lines = leading(lines, start);
    TextBuffer<limits::path> own(cut(line, '\t'));
    const CString directory = own.text();
    if (directory.empty() || has_foreign_child(directory)) continue;
    TextBuffer<limits::path> file(directory, "/cgroup.subtree_control");
    (void)write_value(sys::working_directory, file.text(), line);
    TextBuffer<limits::path> child(directory, caller_cgroup);
    if (move_processes(child.text(), own.text())) (void)sys::remove_directory(sys::working_directory, child.text());
  }
  return sys::remove_file(sys::working_directory, path.text());
}

Result<void> copy_cgroup_value(const Step& step) {
  Bytes<512> buffer;
  // What has one keeps it: somebody else may have made it and set it.
  const std::string_view kept = TRY(read_file(sys::working_directory, step.target, buffer));
  if (!kept.empty() && kept.front() != '\n') return {};
  const std::string_view value = TRY(read_file(sys::working_directory, step.source, buffer));
  return write_value(sys::working_directory, step.target, value);
}

Result<void> hand_over_cgroup(CString directory, std::uint32_t user, std::uint32_t group) {
  Bytes<4096> buffer;
  std::string_view names = TRY(read_file(sys::working_directory, "/sys/kernel/cgroup/delegate", buffer));
  const Fd opened = TRY(sys::open(directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
  TRY(sys::change_owner(opened.get(), ".", user, group));
  while (!names.empty()) {
    TextBuffer<128> name(cut(names, '\n'));
    const auto changed = sys::change_owner(opened.get(), name.text(), user, group);
    if (!changed && changed.error().code != ENOENT) return changed;  // files of controllers that are not enabled
  }
  return {};
}

Result<void> join_cgroup(CString directory, pid_t pid) {
  TextBuffer<limits::path> file(directory, "/cgroup.procs");
  TextBuffer<16> number(pid);
  return write_value(sys::working_directory, file.text(), number.view());
}

Result<void> kill_cgroup(CString directory) {
  const auto opened = sys::open(directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  if (!opened) return opened.error().code == ENOENT ? Result<void>() : opened.failed();
  const int cgroup = opened.value().get();
  const auto killed = write_value(cgroup, "cgroup.kill", "1");  // with all below it
  if (killed) return {};
  if (killed.error().code != ENOENT) return killed;
  constexpr int most_rounds = 100;  // a fork bomb needs several; each round kills what the last one saw born
  for (int round = 0; round < most_rounds; ++round) {
    // v1: nobody is born while all stand still, and nobody can die. Of one that was paused nobody else thaws it.
    const bool frozen = static_cast<bool>(write_value(cgroup, "freezer.state", "FROZEN"));
    const auto count = kill_listed(cgroup);
    if (frozen) (void)write_value(cgroup, "freezer.state", "THAWED");
    if (!count) return count.error().code == ENOENT || count.error().code == ENODEV ? Result<void>() : count.error();
    if (count.value() == 0) return {};
    TRY(sys::sleep_ms(2));
  }
  return fail(EBUSY, "kill all processes of cgroup"_p);
}

Result<void> remove_cgroup(CString directory) {
  constexpr int most_tries = 1000;  // 2 s in all: a killed process leaves its cgroup a moment after it is reaped
  for (int attempt = 0;; ++attempt) {
    while (attempt != 0 && remove_children(directory)) {
    }
    const auto removed = sys::remove_directory(sys::working_directory, directory);
    if (removed || removed.error().code == ENOENT) return {};
    if (removed.error().code != EBUSY || attempt == most_tries) return removed;
    TRY(sys::sleep_ms(2));
  }
}

}  // namespace microctr

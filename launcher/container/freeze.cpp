#include "launcher/container/freeze.h"

#include <fcntl.h>

#include "launcher/base/bytes.h"
#include "launcher/base/file.h"
#include "launcher/base/limits.h"
#include "launcher/base/sys.h"
#include "launcher/base/text.h"
#include "launcher/container/cgroup.h"
#include "launcher/container/cgroup_list.h"

namespace microctr {

namespace {

// A cgroup that can be frozen, and how.
struct Freezer {
  Fd directory;
  bool unified = false;
};

Result<Freezer> find_freezer(CString record) {
  CgroupList cgroups;
  TRY(cgroups.read(record));
  Freezer freezer;
  while (true) {
    TextBuffer<limits::path> path(cgroups.next());
    if (path.size() == 0) break;
    auto directory = sys::open(path.text(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    if (!directory) continue;
    const int opened = directory.value().get();
    freezer.unified = static_cast<bool>(sys::access(opened, "cgroup.freeze", F_OK));
    if (!freezer.unified && !sys::access(opened, "freezer.state", F_OK)) continue;
    freezer.directory = directory.take();
    return freezer;
  }
  return fail(ENOTSUP, "freeze the container: it is in no cgroup that can be frozen"_p, {},
              "the kernel needs cgroup v2 (Linux 5.2) or CONFIG_CGROUP_FREEZER"_p);
}

bool has_line(std::string_view lines, std::string_view wanted) {
  while (!lines.empty()) {
    if (cut(lines, '\n') == wanted) return true;
  }
  return false;
}

Result<bool> reads(int file, std::string_view line) {
  Bytes<256> buffer;
  const std::size_t size = TRY(sys::read_at(file, buffer, 0));
  return has_line({buffer, size}, line);
}

// The kernel says by POLLPRI that cgroup.events has changed (cgroup-v2, "cgroup.events").
Result<bool> wait_unified(int directory, std::uint64_t deadline_ms) {
  const Fd events = TRY(sys::open_at(directory, "cgroup.events", O_RDONLY));
  while (!TRY(reads(events.get(), "frozen 1"))) {
    const std::uint64_t now = sys::monotonic_ms();
    if (now >= deadline_ms) return false;
    (void)TRY(sys::poll_one(events.get(), POLLPRI, static_cast<int>(deadline_ms - now)));
  }
  return true;
}

// v1 finds out when it is asked, and says nothing by itself (cgroup-v1/freezer-subsystem).
Result<bool> wait_legacy(int directory, std::uint64_t deadline_ms) {
  const Fd state = TRY(sys::open_at(directory, "freezer.state", O_RDONLY));
  while (!TRY(reads(state.get(), "FROZEN"))) {
    if (sys::monotonic_ms() >= deadline_ms) return false;
    TRY(sys::sleep_ms(2));
  }
  return true;
}

Result<void> write_wanted(const Freezer& freezer, Freeze wanted) {
  const bool freeze = wanted == Freeze::freeze;
  if (freezer.unified) return write_value(freezer.directory.get(), "cgroup.freeze", freeze ? "1" : "0");
  return write_value(freezer.directory.get(), "freezer.state", freeze ? "FROZEN" : "THAWED");
}

}  // namespace

Result<void> set_frozen(CString record, Freeze wanted, std::uint64_t timeout_ms) {
  const Freezer freezer = TRY(find_freezer(record));
  TRY(write_wanted(freezer, wanted));
  if (wanted == Freeze::thaw) return {};
  const std::uint64_t deadline_ms = sys::monotonic_ms() + timeout_ms;
  const int directory = freezer.directory.get();
  const auto stands = freezer.unified ? wait_unified(directory, deadline_ms) : wait_legacy(directory, deadline_ms);
  if (stands && stands.value()) return {};
  const Error error = stands ? Error{EAGAIN, "freeze the container: a process did not stop in time"_p} : stands.error();
  (void)write_wanted(freezer, Freeze::thaw);
  return error;
}

Result<bool> is_frozen(CString record) {
  const auto freezer = find_freezer(record);
  if (!freezer) {
    const int code = freezer.error().code;
    if (code == ENOTSUP || code == ENOENT) return false;
    return freezer.failed();
  }
  const int directory = freezer.value().directory.get();
  const bool unified = freezer.value().unified;
  const Fd file = TRY(sys::open_at(directory, unified ? CString("cgroup.events") : "freezer.state", O_RDONLY));
  return reads(file.get(), unified ? "frozen 1" : "FROZEN");
}

Result<void> kill_members(CString record) {
  CgroupList cgroups;
  TRY(cgroups.read(record));
  Result<void> first = {};
  while (true) {
    TextBuffer<limits::path> path(cgroups.next());
    if (path.size() == 0) return first;
    const auto killed = kill_cgroup(path.text());
    if (!killed && first) first = killed;
  }
}

}  // namespace microctr

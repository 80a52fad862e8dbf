#include "init/shutdown.h"

#include <fcntl.h>
#include <linux/reboot.h>
#include <sys/mount.h>

#include "launcher/base/file.h"
#include "launcher/base/log.h"
#include "launcher/base/sys.h"

namespace microctr {

namespace {

constexpr std::uint64_t grace_ms = 3000;  // between SIGTERM and SIGKILL, and again after it

// True when nobody is left.
bool reap_until(std::uint64_t deadline_ms) {
  while (true) {
    const auto ended = sys::wait_for_any(false);
    if (!ended) return true;  // ECHILD
    if (ended.value().pid != 0) continue;
    const std::uint64_t now = sys::monotonic_ms();
    if (now >= deadline_ms) return false;
    (void)sys::wait_signal(deadline_ms - now);
  }
}

void end_processes() {
  for (const int signal : {SIGTERM, SIGKILL}) {
    if (!sys::signal_pid(-1, signal)) return;  // ESRCH: nobody
    (void)sys::signal_pid(-1, SIGCONT);
    if (reap_until(sys::monotonic_ms() + grace_ms)) return;
  }
}

// sync(2) on a disk that hangs never returns: a child does it, and we wait only so long.
void in_child(void (*work)(), std::uint64_t limit_ms) {
  const auto child = sys::clone(0);
  if (!child) return;
  if (child.value().pid == 0) {
    work();
    sys::exit(0);
  }
  (void)sys::poll_one(child.value().pidfd.get(), POLLIN, static_cast<int>(limit_ms));
}

// The mount points of /proc/self/mountinfo, last first; what cannot be unmounted becomes read-only.
void unmount_all() {
  static char buffer[256 * 1024];
  const auto text = read_file(sys::working_directory, "/proc/self/mountinfo", buffer);
  if (!text) return;
  std::string_view lines = text.value();
  while (!lines.empty()) {
    lines.remove_suffix(1);  // the newline
    const std::size_t before = last_position(lines, '\n');
    std::string_view line = after(lines, before == std::string_view::npos ? 0 : before + 1);
    lines = before == std::string_view::npos ? std::string_view() : leading(lines, before + 1);
    for (int field = 0; field < 4; ++field) (void)next_word(line);
    TextBuffer<limits::path> point(next_word(line));
    if (point.view() == "/proc" || point.view() == "/dev") continue;  // needed to the end, and hold nothing
    if (sys::unmount(point.text(), 0)) continue;
    (void)sys::mount("none", point.text(), "", MS_REMOUNT | MS_RDONLY, "");
  }
}

unsigned reboot_command(Ending ending) {
  switch (ending) {
    case Ending::finished:
    case Ending::reboot: return LINUX_REBOOT_CMD_RESTART;
    case Ending::poweroff: return LINUX_REBOOT_CMD_POWER_OFF;
    case Ending::halt: return LINUX_REBOOT_CMD_HALT;
  }
  return LINUX_REBOOT_CMD_RESTART;
}

Literal ending_name(Ending ending) {
  switch (ending) {
    case Ending::finished:
    case Ending::reboot: return "reboot";
    case Ending::poweroff: return "power off";
    case Ending::halt: return "halt";
  }
  return "";
}

}  // namespace

void shut_down(Ending ending) {
  constexpr std::uint64_t disk_limit_ms = 10'000;
  log_error({}, "shutdown: containers have ended; "_p, ending_name(ending));
  end_processes();
  in_child(sys::sync, disk_limit_ms);
  in_child(unmount_all, disk_limit_ms);
  log_error({}, "shutdown: disks are in order"_p);
  (void)sys::reboot(reboot_command(ending));
}

}  // namespace microctr

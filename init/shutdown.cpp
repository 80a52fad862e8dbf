#include "init/shutdown.h"

#include <fcntl.h>
#include <linux/reboot.h>
#include <sys/mount.h>

#include <algorithm>
#include <optional>

#include "init/program.h"
#include "launcher/base/file.h"
#include "launcher/base/log.h"
#include "launcher/base/sys_machine.h"

namespace microctr {

namespace {

// What may be used up of the time that is left, but a moment in any case.
std::uint64_t share(std::uint64_t deadline_ms, unsigned percent, std::uint64_t most_ms) {
  constexpr std::uint64_t least_ms = 200;
  const std::uint64_t now = sys::monotonic_ms();
  const std::uint64_t left = deadline_ms > now ? deadline_ms - now : 0;
  return std::clamp(left * percent / 100, least_ms, most_ms);
}

// True when nobody is left.
bool reap_until(std::uint64_t deadline_ms, Watchdog& watchdog) {
  constexpr std::uint64_t slice_ms = 500;
  while (true) {
    const auto ended = sys::wait_for_any(false);
    if (!ended) return true;  // ECHILD
    if (ended.value().pid != 0) continue;
    const std::uint64_t now = sys::monotonic_ms();
    if (now >= deadline_ms) return false;
    watchdog.feed();
    (void)sys::wait_signal(std::min(deadline_ms - now, slice_ms));
  }
}

void end_processes(const Shutdown& shutdown) {
  constexpr std::uint64_t grace_ms = 3'000;  // between SIGTERM and SIGKILL, and again after it
  for (const int signal : {SIGTERM, SIGKILL}) {
    if (!sys::signal_pid(-1, signal)) return;  // ESRCH: nobody
    (void)sys::signal_pid(-1, SIGCONT);
    const std::uint64_t limit = share(shutdown.deadline_ms, 25, grace_ms);
    if (reap_until(sys::monotonic_ms() + limit, shutdown.watchdog)) return;
  }
}

// In mountinfo a blank, a tab, a newline and a backslash are written as three octal digits (proc(5)).
void unescape(std::string_view text, TextWriter& plain) {
  while (!text.empty()) {
    const auto code = text.size() >= 4 && text.front() == '\\' ? parse_number(text.substr(1, 3), 255, 8) : std::nullopt;
    plain.add(code ? static_cast<char>(*code) : text.front());
    text.remove_prefix(code ? 4 : 1);
  }
}

constexpr std::uint64_t longest_ms = 3'600'000;

char text_of_kernel[256 * 1024];  // a file of /proc

enum class Round : std::uint8_t { first, last };

// In a child: what cannot be unmounted becomes read-only.
void release_point(CString point) {
  if (point != "/" && sys::unmount(point, 0)) return;
  if (!sys::mount("none", point, "", MS_REMOUNT | MS_RDONLY, "")) sys::exit(1);
}

// The mount points of /proc/self/mountinfo, last first, each with a limit of its own. Says which disks are not released
// and returns whether all are; of the first round only those that hang.
bool release_points(const Shutdown& shutdown, Round round) {
  const auto text = read_file(sys::working_directory, "/proc/self/mountinfo", text_of_kernel);
  if (!text) {
    log_failure("shutdown", text.error());
    return false;
  }
  bool all = true;
  std::string_view lines = text.value();
  while (!lines.empty()) {
    lines.remove_suffix(1);  // the newline
    const std::size_t before = last_position(lines, '\n');
    std::string_view line = after(lines, before == std::string_view::npos ? 0 : before + 1);
    lines = before == std::string_view::npos ? std::string_view() : leading(lines, before + 1);
    for (int field = 0; field < 4; ++field) (void)next_word(line);
    TextBuffer<limits::path> point;
    unescape(next_word(line), point);
    // Needed to the end, and hold nothing.
    if (point.view() == "/proc" || point.view() == "/dev" || point.view() == "/sys") continue;
    const auto work = [&] { release_point(point.text()); };
    const int status = run_in_child(work, share(shutdown.deadline_ms, 30, longest_ms), shutdown.watchdog);
    if (status == 0) continue;
    const bool is_disk = contains(line, " /dev/");  // the rest, such as a tmpfs, holds nothing that lasts
    if (status != took_too_long && (!is_disk || round == Round::first)) continue;
    all = false;
    log_error("shutdown", point.text(),
              status == took_too_long ? ": hangs; going on without it"_p
                                      : ": is in use, and neither unmounted nor read-only"_p);
  }
  return all;
}

void detach_loops() {
  constexpr unsigned most = 256;
  for (unsigned number = 0; number < most; ++number) {
    TextBuffer<48> backing("/sys/block/loop", number, "/loop");
    if (!sys::access(sys::working_directory, backing.text(), F_OK)) continue;
    TextBuffer<24> device("/dev/loop", number);
    const auto loop = sys::open(device.text(), O_RDONLY);
    if (loop) (void)sys::detach_loop(loop.value().get());
  }
}

void stop_swaps() {
  const auto text = read_file(sys::working_directory, "/proc/swaps", text_of_kernel);
  std::string_view lines = text ? text.value() : std::string_view();
  (void)cut(lines, '\n');  // headings
  while (!lines.empty()) {
    std::string_view line = cut(lines, '\n');
    TextBuffer<limits::path> path;
    unescape(next_word(line), path);
    (void)sys::stop_swap(path.text());
  }
}

// Twice: a file system may hold the file of a loop device that another one is on.
bool release_disks(const Shutdown& shutdown) {
  (void)run_in_child(stop_swaps, share(shutdown.deadline_ms, 20, longest_ms), shutdown.watchdog);
  const bool first = release_points(shutdown, Round::first);
  (void)run_in_child(detach_loops, share(shutdown.deadline_ms, 20, longest_ms), shutdown.watchdog);
  return release_points(shutdown, Round::last) && first;
}

KeptClock* clock_to_save = nullptr;  // for the child
void save_clock() { clock_to_save->save(); }

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

void shut_down(const Shutdown& shutdown) {
  const std::uint64_t deadline = shutdown.deadline_ms;
  log_error({}, "shutdown: containers have ended; "_p, ending_name(shutdown.ending));
  end_processes(shutdown);
  clock_to_save = &shutdown.clock;
  (void)run_in_child(save_clock, share(deadline, 20, 3'000), shutdown.watchdog);
  const int synced = run_in_child(sys::sync, share(deadline, 50, longest_ms), shutdown.watchdog);
  if (synced == -1) sys::sync();  // there was no child: better late than never
  if (synced == took_too_long) log_error({}, "shutdown: a disk hangs, and is not written to its end"_p);
  if (release_disks(shutdown) && synced != took_too_long) log_error({}, "shutdown: disks are in order"_p);
  if (shutdown.ending == Ending::poweroff || shutdown.ending == Ending::halt) shutdown.watchdog.disarm();
  (void)sys::reboot(reboot_command(shutdown.ending));
}

}  // namespace microctr

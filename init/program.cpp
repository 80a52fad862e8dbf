#include "init/program.h"

#include <algorithm>

#include "launcher/base/limits.h"
#include "launcher/base/log.h"
#include "launcher/base/text.h"

namespace microctr {

int wait_bounded(const Result<sys::Child>& child, std::uint64_t limit_ms, Watchdog& watchdog) {
  if (!child) {
    log_failure({}, child.error());
    return -1;
  }
  const int pidfd = child.value().pidfd.get();
  constexpr std::uint64_t slice_ms = 500;  // the watchdog is fed between two
  const std::uint64_t deadline = sys::monotonic_ms() + limit_ms;
  while (true) {
    const std::uint64_t now = sys::monotonic_ms();
    const std::uint64_t rest = deadline > now ? std::min(deadline - now, slice_ms) : 0;
    const auto ended = sys::poll_one(pidfd, POLLIN, static_cast<int>(rest));
    if (ended && ended.value()) break;
    watchdog.feed();
    if (rest > 0) continue;
    (void)sys::signal_process(pidfd, SIGKILL);
    return took_too_long;
  }
  const auto ended = sys::wait_for(pidfd);
  return ended ? ended.value().status : -1;
}

void become_program(std::span<const CString> words) {
  (void)sys::duplicate(1, 2);  // its words may wait for the console; ours must not
  (void)sys::new_session();
  (void)sys::restore_descriptor_limit();
  sys::restore_signals();
  const char* arguments[limits::arguments + 8] = {};
  for (std::size_t index = 0; index < words.size() && index + 1 < std::size(arguments); ++index)
    arguments[index] = words[index].c_str();
  constexpr const char* environment[] = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "TERM=linux", nullptr};
  auto failed = fail(ENOENT, "execute", words[0]);
  constexpr char directories[] = "/sbin/\0/bin/\0/usr/sbin/\0/usr/bin/\0";
  for (CString directory = CString::from_pointer(directories); !directory.empty();
       directory = directory.from(directory.size() + 1)) {
    TextBuffer<512> path(words[0].starts_with('/') ? CString() : directory, words[0]);
    const auto executed = sys::execute(path.text().c_str(), arguments, environment);
    if (!executed && executed.error().code != ENOENT) failed = executed.error().about(words[0]);
  }
  log_failure({}, failed);
  sys::exit(not_found);
}

int run_program(std::span<const CString> words, std::uint64_t limit_ms, Watchdog& watchdog) {
  const auto child = sys::clone(0);
  if (child && child.value().pid == 0) become_program(words);
  return wait_bounded(child, limit_ms, watchdog);
}

}  // namespace microctr

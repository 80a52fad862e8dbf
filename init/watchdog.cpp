#include "init/watchdog.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>

#include "launcher/base/log.h"
#include "launcher/base/sys_machine.h"

namespace microctr {

namespace {
constexpr std::uint64_t look_again_ms = 50;
}

void Watchdog::open(const Machine& machine) {
  constexpr std::uint64_t longest_wait_ms = 5'000;
  if (machine.watchdog.empty()) return;
  (void)wait_for_path(machine.watchdog, longest_wait_ms, *this);
  auto device = sys::open(machine.watchdog, O_WRONLY);
  if (!device) {
    return log_failure({}, device.error()
                               .doing("open the watchdog"_p)
                               .with_hint("load its driver in init.conf: module = softdog, or the hardware's own"_p));
  }
  const auto wanted = static_cast<unsigned>((machine.watchdog_ms + 999) / 1000);
  std::uint64_t timeout_ms = machine.watchdog_ms;
  if (const auto taken = sys::set_watchdog_timeout(device.value().get(), wanted)) {
    timeout_ms = taken.value() * std::uint64_t{1000};
  } else {
    log_failure({}, taken.error().about(machine.watchdog));
    timeout_ms = std::min<std::uint64_t>(timeout_ms, 2'000);  // whatever it is, it is hardly less
  }
  device_ = device.take();
  half_ms_ = timeout_ms / 2;
  due_ = 0;
  feed();
}

void Watchdog::feed() {
  if (!device_) return;
  const std::uint64_t now = sys::monotonic_ms();
  if (now < due_) return;
  if (now >= last_) {
    due_ = UINT64_MAX;
    return;
  }
  (void)sys::feed_watchdog(device_.get());
  due_ = now + half_ms_;
}

void Watchdog::take_over(CString path) {
  if (device_) return;
  auto device = sys::open(path, O_WRONLY);
  if (!device) return log_failure({}, device.error().doing("disarm the watchdog"_p));
  device_ = device.take();
  disarm();
}

void Watchdog::disarm() {
  if (!device_) return;
  (void)sys::write(device_.get(), "V");  // the magic close of Documentation/watchdog/watchdog-api.rst
  device_.close();
}

bool wait_for_path(CString path, std::uint64_t limit_ms, Watchdog& watchdog) {
  const std::uint64_t deadline = sys::monotonic_ms() + limit_ms;
  while (!sys::access(sys::working_directory, path, F_OK)) {
    if (sys::monotonic_ms() >= deadline) return false;
    watchdog.feed();
    (void)sys::sleep_ms(look_again_ms);
  }
  return true;
}

}  // namespace microctr

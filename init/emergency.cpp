#include "init/emergency.h"

#include <linux/reboot.h>

#include "init/helpers.h"
#include "init/program.h"
#include "launcher/base/log.h"
#include "launcher/base/sys.h"

namespace microctr {

namespace {

// The first console with a shell; empty: nobody shall have one.
CString console_of(const Machine& machine) {
  for (const ConsoleLine& console : machine.consoles) {
    if (console.use == ConsoleUse::shell) return console.device;
  }
  return machine.consoles.empty() ? CString("/dev/console") : CString();
}

constexpr std::uint64_t slice_ms = 1'000;

// Until the shell ends or a restart is asked for (Ctrl-Alt-Del). Orphans are reaped on the way.
void run_shell(CString device, Watchdog& watchdog) {
  const auto shell = sys::fork();
  if (!shell) return log_failure("emergency", shell.error());
  if (shell.value() == 0) become_shell(device);
  while (true) {
    const auto ended = sys::wait_for_any(false);
    if (!ended || ended.value().pid == shell.value()) return;
    if (ended.value().pid != 0) continue;
    watchdog.feed();
    const auto signal = sys::wait_signal(slice_ms);
    if (signal && (signal.value().si_signo == SIGINT || signal.value().si_signo == SIGTERM)) return;
  }
}

}  // namespace

void run_emergency(const Machine& machine, Watchdog& watchdog) {
  constexpr std::uint64_t reading_time_ms = 10'000;
  const CString device = console_of(machine);
  if (!device.empty()) {
    log_error({}, "emergency shell on "_p, device, "; the machine starts again when it ends"_p);
    run_shell(device, watchdog);
  }
  log_error({}, "emergency: reboot in 10 s"_p);
  const std::uint64_t until = sys::monotonic_ms() + reading_time_ms;
  (void)run_in_child(sys::sync, reading_time_ms, watchdog);
  for (; sys::monotonic_ms() < until; (void)sys::sleep_ms(slice_ms)) watchdog.feed();
  while (true) {
    (void)sys::reboot(LINUX_REBOOT_CMD_RESTART);
    (void)sys::sleep_ms(reading_time_ms);
  }
}

}  // namespace microctr

#include "init/crash.h"

#include <linux/reboot.h>

#include "launcher/base/log.h"
#include "launcher/base/sys_machine.h"

// Of the linker: where this program begins in memory.
extern "C" const char __ehdr_start;  // NOLINT(bugprone-reserved-identifier)

namespace microctr {

namespace {

constexpr std::uint64_t reading_time_ms = 5'000;

// MINSIGSTKSZ is up to 11 KB on processors with wide registers. Pages that nobody uses are none.
alignas(16) char stack[32 * 1024];
CrashAction crash_action = CrashAction::reboot;
Literal current_phase = "boot";

std::string_view name_of(int signal) {
  switch (signal) {
    case SIGSEGV: return "SIGSEGV";
    case SIGBUS: return "SIGBUS";
    case SIGILL: return "SIGILL";
    case SIGFPE: return "SIGFPE";
    case SIGTRAP: return "SIGTRAP";
    default: return "SIGSYS";
  }
}

void report(const sys::Fault& fault) {
  const std::uintptr_t in_program = fault.instruction - reinterpret_cast<std::uintptr_t>(&__ehdr_start);
  log_error({}, "process 1 has failed: "_p, name_of(fault.signal), " at 0x", Hex{fault.instruction}, " (program + 0x",
            Hex{in_program}, "), address 0x", Hex{fault.address}, ", phase ", current_phase,
            crash_action == CrashAction::hold ? "; held" : "; reboot in 5 s");
}

void crash(const sys::Fault& fault) {
  for (int work = 0; work < 2; ++work) {
    const auto child = sys::fork();
    if (!child || child.value() != 0) continue;
    if (work == 0)
      report(fault);
    else
      sys::sync();
    sys::exit(0);
  }
  do {
    (void)sys::sleep_ms(reading_time_ms);
  } while (crash_action == CrashAction::hold);
  while (true) {
    (void)sys::reboot(LINUX_REBOOT_CMD_RESTART);
    (void)sys::sleep_ms(reading_time_ms);
  }
}

}  // namespace

void catch_crashes() { sys::catch_faults(crash, stack); }
void set_crash_action(CrashAction action) { crash_action = action; }
void set_phase(Literal phase) { current_phase = phase; }

}  // namespace microctr

#include "launcher/base/sys_machine.h"

#include <linux/loop.h>
#include <linux/watchdog.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <time.h>
#include <ucontext.h>

#include "launcher/base/sys_call.h"
#include "launcher/base/sys_number.h"

namespace microctr::sys {

Result<void> set_wall_time(std::int64_t seconds) {
  const Time time = {seconds, 0};
  return done(call(number_clock_settime, CLOCK_REALTIME, &time), "set the clock"_p);
}

Result<unsigned> set_watchdog_timeout(int watchdog, unsigned seconds) {
  auto timeout = static_cast<int>(seconds);
  TRY(done(call(SYS_ioctl, watchdog, WDIOC_SETTIMEOUT, &timeout), "set the watchdog's timeout"_p));
  return static_cast<unsigned>(timeout);
}

Result<void> feed_watchdog(int watchdog) {
  return done(call(SYS_ioctl, watchdog, WDIOC_KEEPALIVE, 0L), "feed the watchdog"_p);
}

Result<unsigned> find_free_loop(int control) {
  return static_cast<unsigned>(TRY(counted(call(SYS_ioctl, control, LOOP_CTL_GET_FREE, 0L), "find a loop device"_p)));
}

Result<void> attach_loop(int loop, int file) {
  TRY(done(call(SYS_ioctl, loop, LOOP_SET_FD, file), "attach a loop device"_p));
  loop_info64 settings = {};
  settings.lo_flags = LO_FLAGS_AUTOCLEAR | LO_FLAGS_READ_ONLY;
  return done(call(SYS_ioctl, loop, LOOP_SET_STATUS64, &settings), "set up a loop device"_p);
}

Result<void> detach_loop(int loop) { return done(call(SYS_ioctl, loop, LOOP_CLR_FD, 0L), "detach a loop device"_p); }

Result<void> stop_swap(CString path) { return done(call(SYS_swapoff, path.c_str()), "stop the swap"_p, path); }

bool is_subreaper() {
  int is = 0;
  return call(SYS_prctl, PR_GET_CHILD_SUBREAPER, &is, 0L, 0L, 0L) == 0 && is != 0;
}

namespace {

constexpr int fault_signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGSYS};
void (*fault_handler)(const Fault& fault) = nullptr;

#if defined(__x86_64__)
constexpr unsigned long with_restorer = 0x04000000;  // SA_RESTORER; the others return through the kernel's own code
[[gnu::naked]] void return_from_signal() { asm volatile("mov $15, %eax\n\tsyscall"); }  // rt_sigreturn
#else
constexpr unsigned long with_restorer = 0;
constexpr void (*return_from_signal)() = nullptr;
#endif

std::uintptr_t instruction_of(const ucontext_t& context) {
#if defined(__x86_64__)
  return static_cast<std::uintptr_t>(context.uc_mcontext.gregs[16]);  // REG_RIP
#elif defined(__aarch64__)
  return static_cast<std::uintptr_t>(context.uc_mcontext.pc);
#elif defined(__arm__)
  return static_cast<std::uintptr_t>(context.uc_mcontext.arm_pc);
#else
  return 0;
#endif
}

void hear_fault(int signal, siginfo_t* information, void* context) {
  if (information->si_code <= 0) return;  // kill(2) and its like; what the kernel finds itself is positive
  if (!is_subreaper()) {
    const SignalAction action = {.handler = 0, .flags = 0, .restorer = 0, .mask = 0};
    call(SYS_rt_sigaction, signal, &action, 0L, sizeof action.mask);
    return;  // to the same instruction
  }
  fault_handler({signal, reinterpret_cast<std::uintptr_t>(information->si_addr),
                 instruction_of(*static_cast<const ucontext_t*>(context))});
}

}  // namespace

void catch_faults(void (*handler)(const Fault& fault), std::span<char> stack) {
  fault_handler = handler;
  (void)become_subreaper();
  stack_t alternate = {};
  alternate.ss_sp = stack.data();
  alternate.ss_size = stack.size();
  call(SYS_sigaltstack, &alternate, 0L);
  SignalSet faults = 0;
  for (const int signal : fault_signals) {
    const SignalAction action = {.handler = reinterpret_cast<std::uintptr_t>(&hear_fault),
                                 .flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART | with_restorer,
                                 .restorer = reinterpret_cast<std::uintptr_t>(return_from_signal),
                                 .mask = all_signals};
    call(SYS_rt_sigaction, signal, &action, 0L, sizeof action.mask);
    faults |= SignalSet{1} << (signal - 1);
  }
  call(SYS_rt_sigprocmask, SIG_UNBLOCK, &faults, 0L, sizeof faults);
}

}  // namespace microctr::sys

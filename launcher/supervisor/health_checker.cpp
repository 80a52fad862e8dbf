#include "launcher/supervisor/health_checker.h"

#include "launcher/base/log.h"
#include "launcher/base/sys.h"

namespace microctr {

namespace {

constexpr std::uint64_t grace_ms = 10'000;  // in which a check that has timed out cleans up

}  // namespace

Verdict HealthChecker::turn(const Places& places, CString name, const FirstProcess& first, std::uint64_t now,
                            TextWriter& why) {
  if (child_) {
    if (overdue_ms_ > now) return Verdict::nothing;
    overdue_ms_ = UINT64_MAX;
    (void)sys::signal_process(child_.get(), SIGKILL);
    return Verdict::nothing;
  }
  if (!state_.is_due(now)) return Verdict::nothing;
  state_.check_begins(now);
  auto pair = sys::make_socket_pair(SOCK_SEQPACKET | SOCK_NONBLOCK);
  auto child = pair ? sys::clone(0) : Result<sys::Child>(pair.failed());
  if (!child) {
    why.clear();
    why.add("no process for it: "_p);
    format_error(child.error(), why);
    return state_.check_ends(CheckResult::could_not_run, now);
  }
  if (child.value().pid == 0) run_check({places, name, first, state_.timeout_ms()}, pair.value().second.get());
  pid_ = child.value().pid;
  child_ = std::move(child.value().pidfd);
  report_ = std::move(pair.value().first);
  overdue_ms_ = now + state_.timeout_ms() + grace_ms;
  return Verdict::nothing;
}

bool HealthChecker::child_ended(pid_t pid, std::uint64_t now, Verdict& verdict, TextWriter& why) {
  if (!child_ || pid != pid_) return false;
  verdict = Verdict::nothing;
  why.clear();
  child_.close();
  if (!report_) return true;  // broken off
  CheckReport report;
  const auto size = sys::receive(report_.get(), {reinterpret_cast<char*>(&report), sizeof report});
  report_.close();
  if (!size || size.value() != sizeof report) {
    report = {};
    why.add("it was killed before it said how it went"_p);
  }
  why.add(std::string_view(report.why, report.size));
  verdict = state_.check_ends(report.result, now);
  return true;
}

void HealthChecker::pause() {
  report_.close();
  state_.check_is_dropped();
}

void HealthChecker::resume(std::uint64_t now) { state_.resume(now); }

void HealthChecker::stop() {
  if (child_) (void)sys::signal_process(child_.get(), SIGKILL);
  child_.close();
  report_.close();
  overdue_ms_ = UINT64_MAX;
  state_ = {};
}

}  // namespace microctr

#include "launcher/supervisor/health.h"

#include <algorithm>

#include "launcher/spec/spec.h"

namespace microctr {

Literal health_name(Health health) {
  switch (health) {
    case Health::none: return "none";
    case Health::starting: return "starting";
    case Health::healthy: return "healthy";
    case Health::unhealthy: return "unhealthy";
  }
  return "";
}

// A shell that cannot fork fails or waits as if the service were ill; what a full container says means nothing, unless
// it says that all is well.
CheckResult judge(const CheckEnd& end) {
  if (!end.timed_out && end.status == 0) return CheckResult::good;
  return end.full ? CheckResult::could_not_run : CheckResult::bad;
}

void HealthState::begin(const HealthCheck& spec, std::uint64_t now) {
  *this = {};
  if (spec.command.empty()) return;
  health_ = Health::starting;
  interval_ms_ = static_cast<std::uint32_t>(std::clamp<std::uint64_t>(spec.interval_ms, 1, UINT32_MAX));
  timeout_ms_ = static_cast<std::uint32_t>(std::clamp<std::uint64_t>(spec.timeout_ms, 1, UINT32_MAX));
  retries_ = std::max<std::uint32_t>(spec.retries, 1);
  if (spec.start_period_ms != 0) start_ends_ms_ = now + spec.start_period_ms;
  resume(now);
}

void HealthState::resume(std::uint64_t now) {
  if (health_ != Health::none) due_ms_ = now + interval_ms_;
}

void HealthState::check_begins(std::uint64_t now) {
  begun_ms_ = now;
  due_ms_ = UINT64_MAX;
}

Verdict HealthState::check_ends(CheckResult result, std::uint64_t now) {
  resume(now);
  if (result == CheckResult::could_not_run) return ++could_not_run_ == 1 ? Verdict::could_not_run : Verdict::nothing;
  could_not_run_ = 0;
  if (result == CheckResult::bad) return count_bad();
  bad_ = 0;
  start_ends_ms_ = 0;
  if (health_ == Health::healthy) return Verdict::nothing;
  health_ = Health::healthy;
  return Verdict::healthy;
}

Verdict HealthState::count_bad() {
  if (begun_ms_ < start_ends_ms_) return Verdict::nothing;
  if (bad_ < retries_) ++bad_;
  if (bad_ < retries_ || health_ == Health::unhealthy) return Verdict::nothing;
  health_ = Health::unhealthy;
  return Verdict::unhealthy;
}

}  // namespace microctr

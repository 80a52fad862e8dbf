// HealthState: when a container is checked, and what its checks mean. Pure; times in milliseconds of the monotonic
// clock.
//
//            good            bad, retries not used up   bad, the last of them     could not be run
//   starting → healthy       starting                   → unhealthy               stays
//   healthy  stays           stays                      → unhealthy               stays
//   unhealthy → healthy      stays                      stays                     stays
//
// Bad checks count when they follow one another; a good one begins anew, one that could not be run does neither. Those
// that began in the start period do not count, until the first good one ends it. The next check begins an interval
// after the end of the last one; the first one an interval after the start.
#pragma once

#include <cstdint>

#include "launcher/base/literal.h"

namespace microctr {

struct HealthCheck;

enum class Health : std::uint8_t { none, starting, healthy, unhealthy };  // none: no command
Literal health_name(Health health);

// How one check went. full: it could not be run, because the container has no room for it, or we had none.
enum class CheckResult : std::uint8_t { good, bad, could_not_run };

// What one check changed. could_not_run: for the first time in a row.
enum class Verdict : std::uint8_t { nothing, healthy, unhealthy, could_not_run };

// What is known of a check that was run.
struct CheckEnd {
  bool timed_out = false;
  int status = 0;     // exit status, or 128 + signal
  bool full = false;  // the container met its limit of processes or memory meanwhile
};
CheckResult judge(const CheckEnd& end);

class HealthState {
 public:
  // The program runs since `now`. Without a command: none.
  void begin(const HealthCheck& spec, std::uint64_t now);

  Health health() const { return health_; }
  bool is_due(std::uint64_t now) const { return due_ms_ <= now; }
  std::uint64_t due_ms() const { return due_ms_; }  // UINT64_MAX: while one runs, and without a command

  void check_begins(std::uint64_t now);
  Verdict check_ends(CheckResult result, std::uint64_t now);
  void check_is_dropped() { due_ms_ = UINT64_MAX; }  // no check until `resume`
  void resume(std::uint64_t now);

  std::uint32_t timeout_ms() const { return timeout_ms_; }
  std::uint32_t bad_in_a_row() const { return bad_; }
  std::uint32_t could_not_run_in_a_row() const { return could_not_run_; }

 private:
  Verdict count_bad();

  std::uint64_t due_ms_ = UINT64_MAX;
  std::uint64_t start_ends_ms_ = 0;  // 0: it is over
  std::uint64_t begun_ms_ = 0;
  std::uint32_t interval_ms_ = 0;
  std::uint32_t timeout_ms_ = 0;
  std::uint32_t retries_ = 1;
  std::uint32_t bad_ = 0;
  std::uint32_t could_not_run_ = 0;
  Health health_ = Health::none;
};

}  // namespace microctr

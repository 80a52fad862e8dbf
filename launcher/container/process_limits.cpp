#include "launcher/container/process_limits.h"

#include <fcntl.h>

#include <algorithm>
#include <cstring>

#include "launcher/base/file.h"
#include "launcher/base/sys.h"

namespace microctr {

Result<void> set_limit(const Spec& spec, const Step& step, pid_t pid) {
  const Ulimit& limit = spec.ulimits[step.number];
  return sys::set_resource_limit(pid, limit.resource, {limit.soft, limit.hard});
}

Result<void> set_oom_score(const Step& step, pid_t pid) {
  const TextBuffer<48> path("/proc/", pid, "/oom_score_adj");
  return write_value(sys::working_directory, path.text(), step.options);
}

Result<void> allow_limits(const Plan& plan) {
  for (const Ulimit& wanted : plan.spec->ulimits) {
    sys::ResourceLimit own = TRY(sys::resource_limit(wanted.resource));
    if (own.largest >= wanted.hard) continue;
    own.largest = wanted.hard;
    TRY(sys::set_resource_limit(0, wanted.resource, own));
  }
  return {};
}

Result<void> set_limits(const Plan& plan, pid_t pid) {
  for (const Step& step : plan.steps) {
    if (step.op == Op::set_limits) TRY(set_limit(*plan.spec, step, pid));
  }
  return {};
}

Result<LentScore> LentScore::take(const Plan& plan) {
  LentScore score;
  for (const Step& step : plan.steps) {
    if (step.op != Op::set_oom_score) continue;
    score.file_ = TRY(sys::open("/proc/self/oom_score_adj", O_RDWR));
    const std::string_view before = TRY(read_all(score.file_.get(), score.before_));
    score.size_ = static_cast<std::uint8_t>(before.size());
    TRY(write_all(score.file_.get(), step.options));
  }
  return score;
}

void LentScore::give_back() {
  if (file_) (void)write_all(file_.get(), {before_, size_});
}

}  // namespace microctr

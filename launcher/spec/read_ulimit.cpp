// ulimit = NAME=SOFT[:HARD], with the names of limits.conf(5).

#include <sys/resource.h>

#include "launcher/base/text.h"
#include "launcher/spec/setting.h"
#include "launcher/spec/word_list.h"

namespace microctr {
namespace {

constexpr char names[] =
    "as core cpu data fsize locks memlock msgqueue nice nofile nproc rss rtprio rttime sigpending stack";
constexpr std::uint8_t resources[] = {RLIMIT_AS,     RLIMIT_CORE,   RLIMIT_CPU,        RLIMIT_DATA,
                                      RLIMIT_FSIZE,  RLIMIT_LOCKS,  RLIMIT_MEMLOCK,    RLIMIT_MSGQUEUE,
                                      RLIMIT_NICE,   RLIMIT_NOFILE, RLIMIT_NPROC,      RLIMIT_RSS,
                                      RLIMIT_RTPRIO, RLIMIT_RTTIME, RLIMIT_SIGPENDING, RLIMIT_STACK};
static_assert(sizeof resources == limits::ulimits);

constexpr bool is_size(std::uint8_t resource) {
  switch (resource) {
    case RLIMIT_AS:
    case RLIMIT_CORE:
    case RLIMIT_DATA:
    case RLIMIT_FSIZE:
    case RLIMIT_MEMLOCK:
    case RLIMIT_MSGQUEUE:
    case RLIMIT_RSS:
    case RLIMIT_STACK: return true;
    default: return false;
  }
}

std::optional<std::uint64_t> read_limit(const Setting& setting, std::string_view text, std::uint8_t resource) {
  if (text == "unlimited") {
    if (resource != RLIMIT_NOFILE) return Ulimit::unlimited;
    // do_prlimit() refuses more than fs.nr_open, which is never that much.
    setting.fault(text, "nofile cannot be @ (write a number, at most the host's fs.nr_open)"_p);
    return {};
  }
  if (is_size(resource)) return setting.size(text);
  const auto number = parse_number(text, INT64_MAX);
  if (!number) setting.fault(text, "'@' is neither a number nor unlimited"_p);
  return number;
}

}  // namespace

void read_ulimit(const Setting& setting) {
  const std::size_t sign = position(setting.value, '=');
  const std::string_view name = trim(leading(setting.value, sign));
  if (sign == std::string_view::npos) {
    return setting.fault(setting.value, "'@' has no value (write NAME=SOFT or NAME=SOFT:HARD: nofile=1024:4096)"_p);
  }
  const auto index = setting.choice(name, names);
  if (!index) return;
  Ulimit limit;
  limit.resource = resources[*index];
  std::string_view hard_text = trim(after(setting.value, sign + 1));
  const bool has_hard = contains(hard_text, ':');
  const std::string_view soft_text = cut(hard_text, ':');
  const auto soft = read_limit(setting, soft_text, limit.resource);
  const auto hard = soft && has_hard ? read_limit(setting, hard_text, limit.resource) : soft;
  if (!hard) return;
  if (*soft > *hard) {
    return setting.fault(soft_text, "the soft limit @ is above the hard one, & (write NAME=SOFT:HARD)"_p, hard_text);
  }
  limit.soft = *soft;
  limit.hard = *hard;
  auto& list = setting.spec.ulimits;
  for (Ulimit& known : list) {
    if (known.resource != limit.resource) continue;
    known = limit;
    return;
  }
  if (!list.push(limit)) setting.too_many(limits::ulimits);
}

}  // namespace microctr

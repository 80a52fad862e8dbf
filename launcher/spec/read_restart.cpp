// What follows the end of a container: another start, after which time, how often, and what is done when that is over.

#include "launcher/base/text.h"
#include "launcher/spec/setting.h"

namespace microctr {
namespace {

void read_policy(const Setting& setting) {
  auto& restart = setting.spec.supervision.restart;
  restart.reset();
  if (setting.value.empty()) return;
  if (const auto index = setting.choice(setting.value, "no on-failure always unless-stopped")) {
    restart = static_cast<RestartPolicy>(*index);
  }
}

// COUNT/TIME.
void read_limit(const Setting& setting) {
  Supervision& supervision = setting.spec.supervision;
  supervision.restart_limit = 0;
  supervision.restart_window_ms = 0;
  if (setting.value.empty()) return;
  std::string_view window_text = setting.value;
  const std::string_view count_text = cut(window_text, '/');
  if (count_text.size() == setting.value.size()) {
    return setting.fault(setting.value, "'@' lacks the time in which they count (write @/60s)"_p);
  }
  const auto count = setting.number(count_text, 1'000'000);
  const auto window = setting.time(window_text);
  if (!count || !window) return;
  if (*count == 0) return setting.fault(count_text, "0 lets nothing start again (write restart = no for that)"_p);
  if (*window == 0) return setting.fault(window_text, "nothing happens within no time (write a time: 60s)"_p);
  supervision.restart_limit = static_cast<std::uint32_t>(*count);
  supervision.restart_window_ms = *window;
}

void read_failure(const Setting& setting) {
  Supervision& supervision = setting.spec.supervision;
  supervision.on_failure = FailureAction::none;
  supervision.failure_start = {};
  std::string_view name = setting.value;
  const std::string_view word = cut(name, ':');
  const bool is_given = word.size() != setting.value.size();
  const auto index = setting.choice(word, "none reboot poweroff start");
  if (!index) return;
  const auto action = static_cast<FailureAction>(*index);
  if (action == FailureAction::start) {
    if (name.empty()) return setting.fault(word, "'@' lacks the name of a container (write @:NAME)"_p);
    const auto kept = setting.keep(name);
    if (!kept) return;
    supervision.failure_start = *kept;
  } else if (is_given) {
    return setting.fault(name, "nothing follows & (write & alone)"_p, word);
  }
  supervision.on_failure = action;
}

}  // namespace

void read_restart(const Setting& setting) {
  Supervision& supervision = setting.spec.supervision;
  switch (setting.key) {
    case Key::restart: return read_policy(setting);
    case Key::restart_delay:
      if (const auto time = setting.time(setting.value)) supervision.restart_delay_ms = *time;
      return;
    case Key::restart_max_delay:
      if (const auto time = setting.time(setting.value)) supervision.restart_max_delay_ms = *time;
      return;
    case Key::restart_limit: return read_limit(setting);
    case Key::on_failure: return read_failure(setting);
    default: return;
  }
}

}  // namespace microctr

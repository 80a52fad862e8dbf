// When a container is started and how it is stopped; how often it is started again, when it is ready and whether it is
// well are read_restart.cpp, read_ready.cpp and read_health.cpp.

#include "launcher/base/text.h"
#include "launcher/spec/setting.h"
#include "launcher/spec/signal_name.h"

namespace microctr {
namespace {

void read_names(const Setting& setting, FixedVector<CString, limits::dependencies>& list) {
  std::string_view rest = setting.value;
  for (std::string_view item = next_item(rest); !item.empty(); item = next_item(rest)) {
    const auto name = setting.keep(item);
    if (!name) return;
    if (!list.push(*name)) return setting.too_many(limits::dependencies);
  }
}

void read_wait_path(const Setting& setting) {
  const auto path = setting.needed_path(setting.value);
  if (path && !setting.spec.supervision.wait_paths.push(*path)) setting.too_many(limits::wait_paths);
}

void read_stop_signal(const Setting& setting) {
  if (const auto signal = parse_signal(setting.value)) {
    setting.spec.stop_signal = *signal;
    return;
  }
  const std::string_view nearest = nearest_signal(setting.value);
  if (nearest.empty()) {
    return setting.fault(setting.value, "'@' is not a signal (a name such as TERM, or 1 to 64)"_p);
  }
  setting.fault(setting.value, "'@' is not a signal (did you mean '&'?)"_p, nearest);
}

}  // namespace

void read_supervision(const Setting& setting) {
  Supervision& supervision = setting.spec.supervision;
  switch (setting.key) {
    case Key::autostart: supervision.autostart = setting.yes_or_no(setting.value).value_or(true); return;
    case Key::type:
      if (const auto index = setting.choice(setting.value, "service oneshot")) {
        supervision.type = static_cast<ServiceType>(*index);
      }
      return;
    case Key::after: return read_names(setting, supervision.after);
    case Key::requires_: return read_names(setting, supervision.requires_);
    case Key::wait_path: return read_wait_path(setting);
    case Key::stop_signal: return read_stop_signal(setting);
    case Key::stop_timeout:
      if (const auto time = setting.time(setting.value)) setting.spec.stop_timeout_ms = *time;
      return;
    case Key::ready:
    case Key::start_timeout: return read_ready(setting);
    case Key::health_command:
    case Key::health_interval:
    case Key::health_timeout:
    case Key::health_retries:
    case Key::health_start_period: return read_health(setting);
    default: return read_restart(setting);
  }
}

}  // namespace microctr

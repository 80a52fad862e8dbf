// The command that says from time to time whether a container is well.

#include "launcher/base/text.h"
#include "launcher/spec/command_words.h"
#include "launcher/spec/setting.h"

namespace microctr {
namespace {

void read_health_command(const Setting& setting) {
  static_assert(limits::health_words == 32 && limits::health_text == 1024, "the messages below name them");
  auto& command = setting.spec.supervision.health.command;
  command.clear();
  CommandWords words;
  if (const auto fault = split_words(setting.value, setting.arena, words)) {
    return setting.fault(fault->at, fault->what);
  }
  if (!words.empty() && words[0].empty()) return setting.fault(setting.value, "the program's name is empty"_p);
  std::size_t size = 0;
  for (const CString word : words) {
    size += word.size() + 1;
    if (size > limits::health_text) {
      command.clear();
      return setting.fault(setting.value, "the command is too long (limit 1024 bytes)"_p);
    }
    if (!command.push(word)) {
      command.clear();
      return setting.fault(setting.value, "too many words (limit 32)"_p);
    }
  }
}

void read_time(const Setting& setting, std::uint64_t& field) {
  if (const auto time = setting.time(setting.value)) field = *time;
}

}  // namespace

void read_health(const Setting& setting) {
  HealthCheck& health = setting.spec.supervision.health;
  switch (setting.key) {
    case Key::health_command: return read_health_command(setting);
    case Key::health_interval: return read_time(setting, health.interval_ms);
    case Key::health_timeout: return read_time(setting, health.timeout_ms);
    case Key::health_retries:
      if (const auto count = setting.number(setting.value, 1000)) health.retries = static_cast<std::uint32_t>(*count);
      return;
    case Key::health_start_period: return read_time(setting, health.start_period_ms);
    default: return;
  }
}

}  // namespace microctr

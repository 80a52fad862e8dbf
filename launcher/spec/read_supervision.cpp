#include "launcher/base/text.h"
#include "launcher/spec/setting.h"
#include "launcher/spec/signal_name.h"
#include "launcher/spec/word_list.h"

namespace microctr {
namespace {

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

void read_stop_timeout(const Setting& setting) {
  const std::string_view text = setting.value;
  const ParsedNumber parsed = parse_time(text);
  switch (parsed.fault) {
    case NumberFault::none: setting.spec.stop_timeout_ms = parsed.value; return;
    case NumberFault::no_unit: return setting.fault(text, "'@' has no unit (write @s, or ms, m or h)"_p);
    case NumberFault::too_large: return setting.fault(text, "'@' is too long (the longest is 24 days)"_p);
    case NumberFault::not_a_number:
    case NumberFault::unknown_unit:
      return setting.fault(text, "'@' is not a time (write a whole number with ms, s, m or h: 10s)"_p);
  }
}

}  // namespace

void read_supervision(const Setting& setting) {
  if (setting.key == Key::stop_signal) return read_stop_signal(setting);
  if (setting.key == Key::stop_timeout) read_stop_timeout(setting);
}

void read_logs(const Setting& setting) {
  static_assert(limits::log_smallest == 4 * 1024 && limits::log_largest == 64 * 1024 * 1024, "the message names them");
  Spec& spec = setting.spec;
  std::string_view size_text = setting.value;
  const std::string_view word = cut(size_text, ':');
  if (word == "file" || word == "syslog")
    return setting.fault(word, "'@' is not supported yet (use ring, console or none)"_p);
  const auto index = setting.choice(word, "ring console none");
  if (!index) return;
  constexpr LogKind kinds[] = {LogKind::ring, LogKind::console, LogKind::none};
  spec.log = kinds[*index];
  spec.log_size = limits::log_default;
  if (word.size() == setting.value.size()) return;
  if (spec.log != LogKind::ring) return setting.fault(size_text, "only ring has a size (write & alone)"_p, word);
  const auto size = setting.size(size_text);
  if (!size) return;
  if (*size < limits::log_smallest || *size > limits::log_largest) {
    return setting.fault(size_text, "'@' is out of range (4K to 64M)"_p);
  }
  spec.log_size = *size;
}

}  // namespace microctr

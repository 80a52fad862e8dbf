// device = [-]PATH[:TARGET][:rwm]; of two parts the second is a target when it begins with '/'.

#include "launcher/base/text.h"
#include "launcher/spec/path_text.h"
#include "launcher/spec/setting.h"

namespace microctr {
namespace {

// Any of r, w and m, each once. False after a report.
bool read_access(const Setting& setting, std::string_view text, DeviceLine& device) {
  device.read = device.write = device.make = false;
  bool is_valid = !text.empty();
  for (const char letter : text) {
    bool* const access = letter == 'r'   ? &device.read
                         : letter == 'w' ? &device.write
                         : letter == 'm' ? &device.make
                                         : nullptr;
    is_valid = is_valid && access != nullptr && !*access;
    if (access != nullptr) *access = true;
  }
  if (!is_valid) {
    setting.fault(text, "'@' is neither a target, which begins with /, nor access (r, w and m, each at most once)"_p);
  }
  return is_valid;
}

bool check_pattern(const Setting& setting, std::string_view source, bool has_target) {
  const std::size_t slash = last_position(source, '/');
  if (is_pattern(leading(source, slash == std::string_view::npos ? 0 : slash))) {
    setting.fault(source, "'@' has a pattern before its last component (name the folders)"_p);
  } else if (has_target && is_pattern(source)) {
    setting.fault(source, "'@' is a pattern, whose devices keep their paths (remove the target)"_p);
  } else {
    return true;
  }
  return false;
}

}  // namespace

void read_device(const Setting& setting) {
  std::string_view rest = setting.value;
  const std::string_view source = cut(rest, ':');
  DeviceLine device;
  const auto path = setting.host_path(source);
  if (!path) return;
  device.source = path->path;
  device.optional = path->optional;
  bool has_more = source.size() != setting.value.size();
  const bool has_target = begins_with(rest, '/');
  if (!check_pattern(setting, source, has_target)) return;
  if (has_target) {
    has_more = contains(rest, ':');
    const auto target = setting.keep(cut(rest, ':'));
    if (!target) return;
    device.target = *target;
  }
  if (has_more && !read_access(setting, rest, device)) return;
  if (!setting.spec.devices.push(device)) setting.too_many(limits::device_lines);
}

}  // namespace microctr

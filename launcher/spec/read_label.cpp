// apparmor = PROFILE and selinux_label = USER:ROLE:TYPE[:LEVEL]; whether the kernel knows them is for the start to find
// out.

#include <algorithm>

#include "launcher/base/text.h"
#include "launcher/spec/setting.h"

namespace microctr {
namespace {

constexpr std::size_t longest = 255;

// At least USER:ROLE:TYPE, none of them empty; a level has colons of its own.
bool is_selinux_label(std::string_view text) {
  unsigned fields = 0;
  while (!text.empty()) {
    const bool is_last = !contains(text, ':');
    if (cut(text, ':').empty() || (!is_last && text.empty())) return false;
    ++fields;
  }
  return fields >= 3;
}

}  // namespace

void read_label(const Setting& setting) {
  const std::string_view value = setting.value;
  const bool is_profile = setting.key == Key::apparmor;
  CString& label = is_profile ? setting.spec.apparmor : setting.spec.selinux_label;
  label = {};
  if (value.empty()) return;
  const auto is_odd = [](char character) { return static_cast<unsigned char>(character) <= ' ' || character == 0x7f; };
  if (value.size() > longest) return setting.fault(value, "'@' is too long (limit 255 bytes)"_p);
  if (std::any_of(value.begin(), value.end(), is_odd)) {
    return setting.fault(value, "'@' has a blank or control character (write the & alone)"_p,
                         is_profile ? "profile's name" : "label");
  }
  if (!is_profile && !is_selinux_label(value)) {
    return setting.fault(value, "'@' is not a label (write USER:ROLE:TYPE or USER:ROLE:TYPE:LEVEL)"_p);
  }
  if (const auto kept = setting.keep(value)) label = *kept;
}

}  // namespace microctr

#include "launcher/spec/written_key.h"

#include "launcher/spec/link_name.h"

namespace microctr {
namespace {

void suggest(std::string_view written, std::string_view interface, const Location& where, Diagnostics& diagnostics) {
  CString nearest = nearest_key(written);
  TextBuffer<128> name;
  if (nearest.empty() && !interface.empty()) {
    nearest = nearest_key(after(written, interface.size() + 1));
    const auto key = find_key(nearest);
    if (key && is_interface_key(*key)) name.add(shown(interface), '.');
  }
  if (nearest.empty()) return diagnostics.report(where, "unknown key '@' (microctr help keys lists all)"_p, written);
  diagnostics.report(where, "unknown key '@' (did you mean '&'?)"_p, written, name.add(nearest).view());
}

}  // namespace

std::optional<WrittenKey> resolve_key(std::string_view written, const Location& where, Diagnostics& diagnostics) {
  const std::size_t dot = last_position(written, '.');
  const bool has_dot = dot != std::string_view::npos && dot != 0 && dot + 1 != written.size();
  auto key = find_key(written);
  const bool is_cgroup_file = has_dot && !key && leading(written, position(written, '.')) == "cgroup";
  if (is_cgroup_file || (key && key_info(*key).support == Support::later)) {
    diagnostics.report(where, "key '@' is not supported yet"_p, written);
    return {};
  }
  if (key) return WrittenKey{*key, is_interface_key(*key) ? std::string_view(first_interface) : std::string_view()};
  const std::string_view interface = has_dot ? leading(written, dot) : std::string_view();
  if (!interface.empty()) key = find_key(after(written, dot + 1));
  if (written.ends_with(".required") && find_key(interface)) {
    diagnostics.report(where, "unknown key '@' (only resource limits have '.required')"_p, written);
  } else if (!key) {
    suggest(written, interface, where, diagnostics);
  } else if (!is_interface_key(*key)) {
    diagnostics.report(where, "key '@' belongs to the whole container, not to an interface (write &)"_p, written,
                       key_name(*key));
  } else if (!is_interface_name(interface)) {
    diagnostics.report(where,
                       "'@' is not the name of an interface inside (at most 15 letters, digits, '-' and '_'; not lo, "
                       "all or default)"_p,
                       interface);
  } else {
    return WrittenKey{*key, interface};
  }
  return {};
}

}  // namespace microctr

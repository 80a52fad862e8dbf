#include "launcher/base/text.h"
#include "launcher/spec/capability.h"
#include "launcher/spec/setting.h"
#include "launcher/spec/word_list.h"

namespace microctr {
namespace {

constexpr char namespace_words[] = "mount uts ipc pid network cgroup";
constexpr bool NamespaceSet::*namespace_members[] = {&NamespaceSet::mount,   &NamespaceSet::uts,
                                                     &NamespaceSet::ipc,     &NamespaceSet::pid,
                                                     &NamespaceSet::network, &NamespaceSet::cgroup};

void add_namespace(const Setting& setting, std::string_view word, NamespaceSet& set) {
  if (word == "user") {
    return setting.fault(word, "the user namespace has a key of its own (write userns = auto, host, root or map)"_p);
  }
  if (word == "time") {
    return setting.fault(word, "a time namespace comes with its offset (write time_offset = 0)"_p);
  }
  const auto index = setting.choice(word, namespace_words);
  if (!index) return;
  bool& member = set.*namespace_members[*index];
  if (member) setting.fault(word, "'@' is given twice (keep one)"_p);
  member = true;
}

void read_namespace_list(const Setting& setting) {
  NamespaceSet set{false, false, false, false, false, false};
  std::string_view rest = setting.value;
  for (std::string_view word = next_item(rest); !word.empty(); word = next_item(rest)) {
    if (word == "all" && word.size() == setting.value.size()) {
      set = NamespaceSet{};
    } else if (word == "all" || word == "none") {
      return setting.fault(word, "'@' cannot stand in a list (write namespaces = all, or nothing for none)"_p);
    } else {
      add_namespace(setting, word, set);
    }
  }
  setting.spec.namespaces = set;
}

void read_capabilities(const Setting& setting, std::uint64_t& set) {
  std::string_view rest = setting.value;
  for (std::string_view name = next_item(rest); !name.empty(); name = next_item(rest)) {
    const auto capability = parse_capability(name);
    if (!capability) {
      const std::string_view nearest = nearest_capability(name);
      if (nearest.empty()) return setting.fault(name, "'@' is not a capability (see capabilities(7))"_p);
      return setting.fault(name, "'@' is not a capability (did you mean '&'?)"_p, nearest);
    }
    set |= *capability;
  }
}

// `default`, `off` or a policy. It cannot be optional: a filter that is missing must not become none.
void read_seccomp(const Setting& setting) {
  Spec& spec = setting.spec;
  spec.seccomp = SeccompPolicy::standard;
  spec.seccomp_file = {};
  const std::string_view value = setting.value;
  if (value == "default") return;
  if (value == "off") {
    spec.seccomp = SeccompPolicy::off;
    return;
  }
  if (begins_with(value, '-')) {
    return setting.fault(value, "'@' cannot be optional: nothing would be filtered without it (remove the '-')"_p);
  }
  if (!contains(value, '/')) {
    const bool is_none = find_word("no none unconfined false disabled", value).has_value();
    const std::string_view nearest = is_none ? "off" : nearest_word("default off", value);
    if (!nearest.empty()) return setting.fault(value, "'@' is not known (did you mean '&'?)"_p, nearest);
    return setting.fault(value, "'@' is neither default, off nor a path (write ./@ for a file)"_p);
  }
  const auto path = setting.host_path(value);
  if (!path) return;
  spec.seccomp = SeccompPolicy::file;
  spec.seccomp_file = path->path;
}

void read_path(const Setting& setting, FixedVector<CString, limits::paths>& paths) {
  const auto path = setting.keep(setting.value);
  if (path && !paths.push(*path)) setting.too_many(limits::paths);
}

void read_oom_score(const Setting& setting) {
  auto& score = setting.spec.oom_score_adj;
  score.reset();
  std::string_view digits = setting.value;
  if (digits.empty()) return;
  const bool is_negative = begins_with(digits, '-');
  if (is_negative || begins_with(digits, '+')) digits.remove_prefix(1);
  const auto number = parse_number(digits, 1000);
  if (!number) return setting.fault(setting.value, "'@' is not a number from -1000 to 1000"_p);
  score = is_negative ? -static_cast<int>(*number) : static_cast<int>(*number);
}

}  // namespace

void read_namespaces(const Setting& setting) {
  switch (setting.key) {
    case Key::namespaces: return read_namespace_list(setting);
    case Key::userns: return read_user_namespace(setting);
    case Key::user_map:
    case Key::group_map: return read_id_map(setting);
    case Key::time_offset: return read_time_offset(setting);
    case Key::nesting: setting.spec.nesting = setting.yes_or_no(setting.value).value_or(false); return;
    default: return;
  }
}

void read_security(const Setting& setting) {
  Spec& spec = setting.spec;
  switch (setting.key) {
    case Key::cap_add: return read_capabilities(setting, spec.capabilities_added);
    case Key::cap_drop: return read_capabilities(setting, spec.capabilities_dropped);
    case Key::no_new_privileges: spec.no_new_privileges = setting.yes_or_no(setting.value).value_or(true); return;
    case Key::seccomp: return read_seccomp(setting);
    case Key::masked_path: return read_path(setting, spec.masked_paths);
    case Key::readonly_path: return read_path(setting, spec.read_only_paths);
    case Key::sysctl: return read_sysctl(setting);
    case Key::ulimit: return read_ulimit(setting);
    case Key::oom_score_adj: return read_oom_score(setting);
    case Key::apparmor:
    case Key::selinux_label: return read_label(setting);
    default: return;
  }
}

}  // namespace microctr

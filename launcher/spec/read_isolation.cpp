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
    return setting.fault(word, "the user namespace has a key of its own (write userns = auto, host or root)"_p);
  }
  if (word == "time") return setting.fault(word, "the time namespace is not supported yet"_p);
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

void read_user_namespace(const Setting& setting) {
  if (setting.value == "map") return setting.fault(setting.value, "'map' is not supported yet"_p);
  const auto index = setting.choice(setting.value, "auto host root");
  if (!index) return;
  constexpr UserNamespace kinds[] = {UserNamespace::automatic, UserNamespace::host, UserNamespace::root_map};
  setting.spec.user_namespace = kinds[*index];
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

}  // namespace

void read_namespaces(const Setting& setting) {
  if (setting.key == Key::namespaces) return read_namespace_list(setting);
  if (setting.key == Key::userns) read_user_namespace(setting);
}

void read_security(const Setting& setting) {
  switch (setting.key) {
    case Key::cap_add: return read_capabilities(setting, setting.spec.capabilities_added);
    case Key::cap_drop: return read_capabilities(setting, setting.spec.capabilities_dropped);
    case Key::no_new_privileges:
      setting.spec.no_new_privileges = setting.yes_or_no(setting.value).value_or(true);
      return;
    default: return;
  }
}

}  // namespace microctr

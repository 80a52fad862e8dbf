// Names and name servers, which become files inside, and names of the container for its neighbours.

#include "launcher/base/text.h"
#include "launcher/spec/check.h"
#include "launcher/spec/path_text.h"

namespace microctr {
namespace {

constexpr std::size_t longest_name = 253;  // RFC 1035: 255 bytes with the length of each label

void check_host_name(const Check& check, Key key, std::size_t index, CString name, const char* others) {
  if (is_host_name(name, longest_name, others)) return;
  check.fault(key, index, "'@' is not a name (labels of letters, digits, & between dots, 63 bytes each, 253 in all)"_p,
              name, contains(others, '_') ? "'-' and '_'" : "and '-'");
}

void check_search(const Check& check) {
  const auto& domains = check.spec.network.dns_search;
  for (std::size_t index = 0; index < domains.size(); ++index) {
    if (domains[index] != ".") {
      check_host_name(check, Key::dns_search, index, domains[index], "-");
    } else if (domains.size() > 1) {
      check.fault(Key::dns_search, index, "'.' means none, but there are others (keep one)"_p);
    }
  }
}

void check_aliases(const Check& check) {
  const Network& network = check.spec.network;
  if (network.aliases.empty()) return;
  bool has_bridge = false;
  for (const Interface& interface : network.interfaces) {
    has_bridge = has_bridge || interface.mode == NetworkMode::bridge;
  }
  if (!has_bridge) {
    check.fault(Key::network_alias, 0, "is for the neighbours on a bridge (write network = bridge, or remove it)"_p);
  }
  for (std::size_t index = 0; index < network.aliases.size(); ++index) {
    const CString alias = network.aliases[index];
    check_host_name(check, Key::network_alias, index, alias, "-_");
    for (std::size_t before = 0; before < index; ++before) {
      if (network.aliases[before] != alias.view()) continue;
      check.fault(Key::network_alias, index, "'@' is given twice (keep one)"_p, alias);
      break;
    }
  }
}

void check_no_mount_namespace(const Check& check) {
  const Network& network = check.spec.network;
  constexpr Phrase advice = "needs a mount namespace (add mount to namespaces, or remove the key)"_p;
  if (!network.dns.empty()) check.fault(Key::dns, advice);
  if (!network.dns_search.empty()) check.fault(Key::dns_search, advice);
  if (!network.hosts.empty()) check.fault(Key::add_host, advice);
  if (!network.aliases.empty()) check.fault(Key::network_alias, advice);
}

}  // namespace

void check_names(const Check& check) {
  const auto& hosts = check.spec.network.hosts;
  if (!check.spec.namespaces.mount) check_no_mount_namespace(check);
  check_search(check);
  for (std::size_t index = 0; index < hosts.size(); ++index) {
    check_host_name(check, Key::add_host, index, hosts[index].name, "-_");
  }
  check_aliases(check);
}

}  // namespace microctr

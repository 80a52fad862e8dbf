#include "launcher/base/text.h"
#include "launcher/spec/capability.h"
#include "launcher/spec/check.h"
#include "launcher/spec/identity.h"
#include "launcher/spec/path_text.h"

namespace microctr {
namespace {

// RFC 1123 labels; sethostname(2) takes at most 64 bytes.
bool is_host_name(std::string_view name) {
  constexpr std::size_t longest = 64;
  constexpr std::size_t longest_label = 63;
  if (name.empty() || name.size() > longest || name.ends_with('.')) return false;
  while (!name.empty()) {
    const std::string_view label = cut(name, '.');
    if (label.empty() || label.size() > longest_label || begins_with(label, '-') || label.ends_with('-')) return false;
    if (!is_made_of(label, "-")) return false;
  }
  return true;
}

void check_host_name(const Check& check, Key key, CString name) {
  if (name.empty()) return;
  if (!is_host_name(name)) {
    check.fault(key,
                "'@' is not a host name (labels of letters, digits and '-' between dots, 63 bytes each, 64 in all)"_p,
                name);
  }
  if (!check.spec.namespaces.uts) {
    check.fault(key, "would rename the host without a uts namespace (add uts to namespaces, or remove it)"_p);
  }
}

void check_account(const Check& check, Key key, const Identity& identity) {
  if (identity.name.empty() || is_account_name(identity.name)) return;
  check.fault(
      key,
      "'@' is neither a number nor a name (letters, digits, '_', '.' and '-'; a letter or '_' first; at most 32)"_p,
      identity.name);
}

}  // namespace

void check_identity(const Check& check) {
  static_assert(limits::name == 63, "the message below names it");
  const CString name = check.spec.name;
  if (!is_plain_name(name)) {
    check.fault(Key::name,
                "'@' is not a container's name (letters, digits, '.', '_' and '-'; a letter or digit first)"_p, name);
  } else if (name.size() > limits::name) {
    check.fault(Key::name, "'@' is too long (limit 63 bytes)"_p, name);
  }
  check_host_name(check, Key::hostname, check.spec.hostname);
  check_host_name(check, Key::domainname, check.spec.domainname);
}

void check_process(const Check& check) {
  const Spec& spec = check.spec;
  if (spec.command.empty()) check.missing("no command is given (write command = PROGRAM ARGUMENTS)"_p);
  if (!spec.workdir.empty() && !is_absolute(spec.workdir)) {
    check.fault(Key::workdir, "'@' is not absolute (begin with /)"_p, spec.workdir);
  }
  if (spec.user) check_account(check, Key::user, *spec.user);
  if (spec.group) check_account(check, Key::user, *spec.group);
  for (const Identity& group : spec.groups) check_account(check, Key::groups, group);
}

void check_capabilities(const Check& check) {
  const std::uint64_t added = check.spec.capabilities_added;
  const std::uint64_t dropped = check.spec.capabilities_dropped;
  const std::uint64_t both = added & dropped;
  if (both == 0) return;
  if (both == all_capabilities) return check.fault(Key::cap_drop, "ALL is in cap_add too (keep one)"_p);
  if (added == all_capabilities || dropped == all_capabilities) return;
  for (unsigned number = 0; number < capability_count; ++number) {
    if ((both >> number & 1) == 0) continue;
    check.fault(Key::cap_drop, "@ is in cap_add too (keep one)"_p, capability_name(number));
  }
}

}  // namespace microctr

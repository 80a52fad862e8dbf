#include "launcher/base/text.h"
#include "launcher/spec/capability.h"
#include "launcher/spec/check.h"
#include "launcher/spec/identity.h"
#include "launcher/spec/path_text.h"

namespace microctr {
namespace {

void check_host_name(const Check& check, Key key, CString name) {
  if (name.empty()) return;
  constexpr std::size_t longest = 64;  // sethostname(2)
  if (!is_host_name(name, longest, "-")) {
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

void check_container_name(const Check& check, KeyAt key, std::string_view name) {
  static_assert(limits::name == 63, "the message below names it");
  if (!is_plain_name(name)) {
    check.fault(key, "'@' is not a container's name (letters, digits, '.', '_' and '-'; a letter or digit first)"_p,
                name);
  } else if (name.size() > limits::name) {
    check.fault(key, "'@' is too long (limit 63 bytes)"_p, name);
  }
}

void check_identity(const Check& check) {
  check_container_name(check, Key::name, check.spec.name);
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
  if (spec.init && spec.resources.pids.value == 1U) {
    check.fault(Key::pids, "the reaper of init = yes is a process too (write 2 or more)"_p);
  }
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

// Who the container's program is, and what it may do: the default capabilities of docker less those that a router's
// services do not need (NET_RAW, MKNOD, AUDIT_WRITE), changed by cap_add and cap_drop.

#include <linux/capability.h>

#include "launcher/plan/planner.h"
#include "launcher/spec/capability.h"

namespace microctr {

namespace {

constexpr std::uint64_t bit(unsigned capability) { return 1ULL << capability; }

constexpr std::uint64_t default_capabilities = bit(CAP_CHOWN) | bit(CAP_DAC_OVERRIDE) | bit(CAP_FOWNER) |
                                               bit(CAP_FSETID) | bit(CAP_KILL) | bit(CAP_NET_BIND_SERVICE) |
                                               bit(CAP_SETFCAP) | bit(CAP_SETGID) | bit(CAP_SETPCAP) | bit(CAP_SETUID) |
                                               bit(CAP_SYS_CHROOT);

// What a launcher inside mounts and connects with; its containers have their own.
constexpr std::uint64_t nesting_capabilities = bit(CAP_SYS_ADMIN) | bit(CAP_NET_ADMIN);

bool is_root(const Spec& spec) { return !spec.user || (spec.user->name.empty() && spec.user->number == 0); }

}  // namespace

std::uint64_t kept_capabilities(const Spec& spec) {
  // A host service (no namespaces at all) is a part of the machine: it starts from all of them.
  const std::uint64_t initial = spec.namespaces.none() ? all_capabilities
                                : spec.nesting         ? default_capabilities | nesting_capabilities
                                                       : default_capabilities;
  return change_capabilities(initial, spec.capabilities_added, spec.capabilities_dropped);
}

// The machine's own services are not filtered unless somebody asks for it: the default policy is one for containers.
bool is_filtered(const Spec& spec) {
  return spec.seccomp == SeccompPolicy::file || (spec.seccomp == SeccompPolicy::standard && !spec.namespaces.none());
}

void plan_filter(Planner& planner) {
  const Spec& spec = planner.spec;
  if (!is_filtered(spec)) return;
  Step& step = planner.add(Op::prepare_seccomp);
  if (spec.seccomp == SeccompPolicy::file) step.source = spec.seccomp_file;
  step.flags = kept_capabilities(spec);
  if (spec.nesting) step.number |= filter_nesting;
  if (seals_program(planner)) step.number |= filter_sealed;
  if (!spec.no_new_privileges) step.number |= filter_early;
}

Result<void> plan_privileges(Planner& planner) {
  const Spec& spec = planner.spec;
  const std::uint64_t kept = kept_capabilities(spec);
  // Without no_new_privileges the kernel takes a filter only from who has CAP_SYS_ADMIN (seccomp(2)): before it is
  // gone.
  if (is_filtered(spec) && !spec.no_new_privileges) planner.add(Op::filter_calls);
  // A caller without privilege and without user namespace has nothing to drop, and may not.
  if (planner.facts.privileged || planner.plan.user_namespace) {
    planner.add(Op::drop_bounding).flags = kept;
    planner.add(Op::set_identity);
    // Another user than root has a capability only when it was asked for.
    planner.add(Op::set_capabilities).flags = is_root(spec) ? kept : kept & spec.capabilities_added;
  } else if (spec.user || !spec.groups.empty()) {
    return fail(EPERM, "change the user"_p, {}, "run as root, or remove user and groups"_p);
  }
  if (spec.no_new_privileges) planner.add(Op::forbid_privileges);
  return {};
}

}  // namespace microctr

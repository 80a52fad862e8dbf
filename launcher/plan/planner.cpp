#include "launcher/plan/planner.h"

#include <sched.h>

namespace microctr {

namespace {

constexpr std::uint64_t new_cgroup_namespace = 0x02000000;  // CLONE_NEWCGROUP, which older headers lack

bool wants_user_namespace(const Spec& spec, const HostFacts& facts) {
  switch (spec.user_namespace) {
    case UserNamespace::host: return false;
    case UserNamespace::root_map: return true;
    case UserNamespace::automatic: return !facts.privileged;
  }
  return true;
}

Result<void> check_privilege(const Planner& planner) {
  if (planner.facts.privileged || planner.plan.user_namespace || planner.spec.namespaces.none()) return {};
  return Error{EPERM, "start with userns = host", {}, "run as root, or let a user namespace be used: userns = root"};
}

bool private_network(const Spec& spec) {
  return spec.namespaces.network && spec.network.mode != NetworkMode::host;
}

std::uint64_t clone_flags(const Planner& planner) {
  const NamespaceSet& set = planner.spec.namespaces;
  std::uint64_t flags = 0;
  if (set.mount) flags |= CLONE_NEWNS;
  if (set.uts) flags |= CLONE_NEWUTS;
  if (set.ipc) flags |= CLONE_NEWIPC;
  if (set.pid) flags |= CLONE_NEWPID;
  if (private_network(planner.spec)) flags |= CLONE_NEWNET;
  if (planner.plan.user_namespace) flags |= CLONE_NEWUSER;
  return flags;
}

// The kernel takes the caller's cgroup as the root of a new cgroup namespace, also when it starts the child in
// another one. The child therefore unshares it itself, once it is in its place.
Result<void> plan_process(Planner& planner) {
  const bool into_cgroup = planner.facts.kernel_at_least(5, 7) && !planner.facts.cgroup.unified.empty();
  TRY(planner.add({.op = Op::clone,
                   .side = Side::host,
                   .target = into_cgroup ? planner.plan.cgroup : CString(),
                   .flags = clone_flags(planner)}));
  if (planner.plan.user_namespace) {
    const Spec& spec = planner.spec;
    (void)spec;
    char text[32];
    TextWriter map(text);
    map.add("0 ", planner.facts.user, " 1");
    const CString users = TRY(planner.arena.copy(map.view()));
    map.clear();
    map.add("0 ", planner.facts.group, " 1");
    TRY(planner.add({.op = Op::map_ids,
                     .side = Side::gate,
                     .source = users,
                     .target = TRY(planner.arena.copy(map.view()))}));
  }
  TRY(plan_cgroup_join(planner));
  if (planner.spec.network.mode == NetworkMode::veth) {
    TRY(planner.add({.op = Op::create_veth, .side = Side::gate, .source = planner.plan.host_link}));
  }
  return {};
}

Result<void> plan_names(Planner& planner) {
  const Spec& spec = planner.spec;
  if (spec.namespaces.cgroup && !planner.plan.cgroup.empty()) {
    TRY(planner.add({.op = Op::unshare_cgroup, .flags = new_cgroup_namespace}));
  }
  if (spec.namespaces.uts) {
    TRY(planner.add({.op = Op::set_hostname, .source = spec.hostname.empty() ? spec.name : spec.hostname}));
    if (!spec.domainname.empty()) TRY(planner.add({.op = Op::set_domainname, .source = spec.domainname}));
  }
  if (private_network(spec)) TRY(planner.add({.op = Op::configure_network}));
  return {};
}

Result<void> plan_end(Planner& planner) {
  const Spec& spec = planner.spec;
  TRY(planner.add({.op = Op::new_session}));
  TRY(plan_privileges(planner));
  TRY(planner.add({.op = Op::set_umask, .mode = spec.umask.value_or(022)}));
  TRY(planner.add({.op = Op::set_directory, .target = spec.workdir.empty() ? CString("/") : spec.workdir}));
  return planner.add({.op = Op::execute, .target = spec.command[0]});
}

}  // namespace

Result<void> make_plan(ValidSpec spec, const HostFacts& facts, CString record, Arena& arena, Plan& plan) {
  plan.steps.clear();
  plan.host_addresses.clear();
  plan.spec = &*spec;
  plan.cgroup = plan.host_link = plan.stage = {};
  plan.user_namespace = wants_user_namespace(*spec, facts);
  plan.mount_namespace = spec->namespaces.mount;

  Planner planner{*spec, facts, record, arena, plan};
  TRY(check_privilege(planner));
  TRY(plan_layers(planner));
  for (const CString file : spec->environment_files) {
    const bool optional = file.view().starts_with('-');
    TRY(planner.add({.op = Op::read_environment,
                     .side = Side::host,
                     .optional = optional,
                     .source = optional ? file.from(1) : file}));
  }
  TRY(plan_cgroup(planner));
  TRY(plan_network(planner));
  TRY(plan_process(planner));
  TRY(plan_names(planner));
  if (spec->namespaces.mount) TRY(plan_root(planner));
  return plan_end(planner);
}

}  // namespace microctr

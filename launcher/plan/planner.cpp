#include "launcher/plan/planner.h"

#include <sched.h>

#include <algorithm>

namespace microctr {

namespace {

// Op is ordered by side.
Side side_of(Op op) {
  if (op <= Op::clone) return Side::host;
  if (op == Op::filter_devices) return Side::beside;
  return op <= Op::set_oom_score ? Side::gate : Side::inside;
}

constexpr std::uint64_t new_cgroup_namespace = 0x02000000;  // CLONE_NEWCGROUP, which older headers lack

Result<void> check_privilege(const Planner& planner) {
  if (planner.facts.privileged || planner.plan.user_namespace || planner.spec.namespaces.none()) return {};
  return fail(EPERM, "start with userns = host"_p, {}, "run as root, or let a user namespace be used: userns = root"_p);
}

// Nothing that the process does needs loopback: the launcher brings it up meanwhile.
bool has_loopback_only(const Planner& planner) {
  if (!planner.facts.privileged || !makes_network(planner)) return false;
  const auto& interfaces = planner.spec.network.interfaces;
  return std::all_of(interfaces.begin(), interfaces.end(),
                     [](const Interface& interface) { return interface.mode == NetworkMode::none; });
}

std::uint64_t clone_flags(const Planner& planner) {
  const NamespaceSet& set = planner.spec.namespaces;
  std::uint64_t flags = 0;
  if (set.mount) flags |= CLONE_NEWNS;
  if (set.uts) flags |= CLONE_NEWUTS;
  if (set.ipc) flags |= CLONE_NEWIPC;
  if (set.pid) flags |= CLONE_NEWPID;
  if (makes_network(planner)) flags |= CLONE_NEWNET;
  if (planner.plan.user_namespace) flags |= CLONE_NEWUSER;
  return flags;
}

// Ids that nobody else has: our file is not theirs, and its permissions keep it from being written.
bool has_own_ids(const Planner& planner) {
  return planner.plan.mapped && planner.spec.user_namespace == UserNamespace::automatic;
}

// The kernel takes the caller's cgroup as the root of a new cgroup namespace, also when it starts the child in
// another one. The child therefore unshares it itself, once it is in its place.
Result<void> plan_process(Planner& planner) {
  if (seals_program(planner)) planner.add(Op::seal_program);
  const bool into_cgroup = planner.facts.kernel_at_least(5, 7) && !planner.facts.cgroup.unified.empty();
  Step& clone = planner.add(Op::clone);
  if (into_cgroup) clone.target = planner.plan.cgroup;
  clone.flags = clone_flags(planner);
  clone.number = static_cast<std::uint32_t>(planner.plan.network_of.pid);
  if (planner.spec.network.mode() == NetworkMode::container) clone.source = planner.spec.network.interfaces[0].peer;
  TRY(plan_id_maps(planner));
  if (planner.plan.mapped) planner.add(Op::own_streams);
  plan_cgroup_join(planner);
  return plan_process_limits(planner);
}

void plan_names(Planner& planner) {
  const Spec& spec = planner.spec;
  if (spec.namespaces.cgroup && !planner.plan.cgroup.empty()) {
    planner.add(Op::unshare_cgroup).flags = new_cgroup_namespace;
  }
  if (spec.namespaces.uts) {
    planner.add(Op::set_hostname).source = spec.hostname.empty() ? spec.name : spec.hostname;
    if (!spec.domainname.empty()) planner.add(Op::set_domainname).source = spec.domainname;
  }
  // One that it does not make is configured already, or by the launcher.
  if (makes_network(planner) && !has_loopback_only(planner)) planner.add(Op::configure_network);
}

Result<void> plan_end(Planner& planner) {
  const Spec& spec = planner.spec;
  planner.add(Op::new_session);
  TRY(plan_privileges(planner));
  planner.add(Op::set_umask).mode = spec.umask.value_or(022);
  planner.add(Op::set_directory).target = spec.workdir.empty() ? CString("/") : spec.workdir;
  plan_device_filter(planner);
  TRY(plan_network_name(planner, Side::beside));
  if (has_loopback_only(planner)) planner.add(Op::configure_network).side = Side::beside;
  if (is_filtered(planner.spec) && planner.spec.no_new_privileges) planner.add(Op::filter_calls);
  Step& execute = planner.add(Op::execute);
  execute.target = spec.command[0];
  if (spec.init) execute.flags = execute_behind_reaper;
  if (planner.full) return fail(0, "too many steps in one plan (limit 256)"_p);
  return {};
}

}  // namespace

bool makes_network(const Planner& planner) {
  return !shares_host_network(planner.spec) && planner.spec.network.mode() != NetworkMode::container &&
         planner.plan.network_of.pid == 0;
}

// Where the container's ids cannot be those of our file's owner, the file is safe without.
bool seals_program(const Planner& planner) {
  return planner.spec.init || !(planner.spec.namespaces.none() || has_own_ids(planner));
}

Step& Planner::add(Op op) {
  const Step step = {.op = op, .side = side_of(op)};
  if (plan.steps.push(step)) return plan.steps.back();
  full = true;
  return beyond = step;
}

Step& Planner::mount(CString target, CString type, CString options, std::uint64_t flags) {
  Step& step = add(Op::mount);
  step.target = target;
  step.type = type;
  step.options = options;
  step.flags = flags;
  return step;
}

Result<void> make_plan(ValidSpec spec, const HostFacts& facts, CString record, Arena& arena, Plan& plan) {
  plan.steps.clear();
  plan.interfaces.clear();
  plan.spec = &*spec;
  plan.cgroup = plan.stage = plan.notify_socket = {};
  plan.network_of = {};
  plan.maps = {};
  plan.user_namespace = plan.single_map = plan.mapped = plan.staged = false;
  plan.mount_namespace = spec->namespaces.mount;

  Planner planner{*spec, facts, record, arena, plan};
  TRY(plan_users(planner));
  TRY(check_privilege(planner));
  TRY(plan_layers(planner));
  for (const CString file : spec->environment_files) {
    const bool optional = begins_with(file, '-');
    Step& step = planner.add(Op::read_environment);
    step.optional = optional;
    step.source = optional ? file.from(1) : file;
  }
  TRY(plan_cgroup(planner));
  TRY(plan_device_access(planner));
  TRY(plan_network(planner));
  plan_filter(planner);
  TRY(plan_ready(planner));
  TRY(plan_process(planner));
  TRY(plan_stage(planner));
  // Whose network it is has allowed ping for its own groups; only from here those of others can be named.
  if (planner.plan.network_of.pid != 0) planner.add(Op::allow_ping).side = Side::gate;
  if (!shares_host_network(*spec)) TRY(plan_links(planner));
  TRY(plan_clocks_and_labels(planner));
  plan_names(planner);
  TRY(spec->namespaces.mount ? plan_root(planner) : plan_kernel_settings(planner));
  if (!spec->namespaces.mount && spec->terminal) planner.add(Op::open_terminal);  // of the host's pts
  return plan_end(planner);
}

}  // namespace microctr

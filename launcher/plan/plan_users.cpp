// The user namespace of a container: whether it has one, with which ids, and who writes its maps.
//
// For root `auto` is a range of ids of the container's own, where the kernel can show what is on disk with ids mapped
// (facts.ids.obstacle says why not), and else none: the operator who wants no such choice writes map or host.

#include "launcher/plan/planner.h"

namespace microctr {

namespace {

Failed no_map(const Planner& planner, Phrase what, Phrase hint = {}) {
  const IdFacts& ids = planner.facts.ids;
  TextBuffer<limits::path> why(ids.obstacle, ids.obstacle_on.empty() ? "" : " ", ids.obstacle_on);
  return fail(0, what, why.text(), hint);
}

void map_root_only(Plan& plan, const HostFacts& facts) {
  plan.user_namespace = plan.single_map = true;
  (void)plan.maps.users.push({0, facts.user, 1});
  (void)plan.maps.groups.push({0, facts.group, 1});
}

bool is_within(const IdRange& range, std::span<const IdRange> lent, std::uint32_t own) {
  if (range.count == 1 && range.outside == own) return true;
  for (const IdRange& part : lent) {
    if (range.outside >= part.outside && range.outside - part.outside < part.count &&
        range.count <= part.count - (range.outside - part.outside))
      return true;
  }
  return false;
}

Failed not_lent(const IdRange& range, Phrase file) {
  TextBuffer<64> ids(range.outside, "-", range.outside + (range.count - 1));
  return fail(EPERM, "map ids that this user may not use:"_p, ids.text(), file);
}

// What newuidmap(1) would refuse, said before anything is done.
Result<void> check_lent(const Planner& planner) {
  const IdFacts& ids = planner.facts.ids;
  const Plan& plan = planner.plan;
  for (const IdRange& range : plan.maps.users) {
    if (!is_within(range, ids.lent_users.view(), planner.facts.user))
      return not_lent(range, "lend them in /etc/subuid: USER:FIRST:COUNT"_p);
  }
  for (const IdRange& range : plan.maps.groups) {
    if (!is_within(range, ids.lent_groups.view(), planner.facts.group))
      return not_lent(range, "lend them in /etc/subgid: USER:FIRST:COUNT"_p);
  }
  if (ids.has_helpers) return {};
  return fail(ENOENT, "map ranges of ids without privilege"_p, "newuidmap, newgidmap",
              "install uidmap (shadow), or use userns = root"_p);
}

Result<void> use_maps(Planner& planner) {
  const Spec& spec = planner.spec;
  Plan& plan = planner.plan;
  plan.user_namespace = true;
  plan.maps.users = spec.user_map;
  plan.maps.groups = spec.group_map.empty() ? spec.user_map : spec.group_map;
  if (!planner.facts.privileged) return check_lent(planner);
  if (!planner.facts.ids.obstacle.empty())
    return no_map(planner, "map ids (userns = map):"_p, "mend that, or write userns = host or root"_p);
  plan.mapped = true;
  return {};
}

Result<void> use_own_range(Planner& planner) {
  Plan& plan = planner.plan;
  const IdFacts& ids = planner.facts.ids;
  plan.user_namespace = plan.mapped = true;
  TextBuffer<96> pool("users "_p, ids.users.first, "-", ids.users.last);
  if (ids.groups.first != ids.users.first || ids.groups.last != ids.users.last)
    pool.add(", groups "_p, ids.groups.first, "-", ids.groups.last);
  planner.add(Op::claim_ids).options = TRY(planner.arena.copy(pool.view()));
  return {};
}

// As the configuration has it.
Result<CString> copy_map(Planner& planner, std::span<const IdRange> map) {
  TextBuffer<limits::id_ranges * 36> text;
  for (const IdRange& range : map) {
    text.add(text.size() == 0 ? "" : " ", range.inside, ":", range.outside, ":", range.count);
  }
  return planner.arena.copy(text.view());
}

}  // namespace

Result<void> plan_users(Planner& planner) {
  const Spec& spec = planner.spec;
  const HostFacts& facts = planner.facts;
  Plan& plan = planner.plan;
  switch (spec.user_namespace) {
    case UserNamespace::host: break;
    case UserNamespace::root_map: map_root_only(plan, facts); break;
    case UserNamespace::map: TRY(use_maps(planner)); break;
    case UserNamespace::automatic:
      if (spec.namespaces.none()) break;  // a host service is a part of the machine
      if (!facts.privileged) {
        map_root_only(plan, facts);
      } else if (facts.ids.obstacle.empty()) {
        TRY(use_own_range(planner));
      } else if (spec.nesting) {
        return no_map(planner, "nest containers without a user namespace:"_p,
                      "mend that, or write userns = root: root inside is then the machine's own"_p);
      }
  }
  // Entering the mount namespace of the process takes a pidfd for setns(2): Linux 5.8.
  plan.staged = plan.user_namespace && facts.privileged && spec.namespaces.mount && facts.kernel_at_least(5, 8);
  return {};
}

Result<void> plan_id_maps(Planner& planner) {
  const IdMaps& maps = planner.plan.maps;
  if (!planner.plan.user_namespace) return {};
  Step& step = planner.add(Op::map_ids);
  if (maps.empty()) {
    step.source = step.target = TRY(planner.arena.join("0-", id_range_size - 1));
    return {};
  }
  step.source = TRY(copy_map(planner, maps.users.view()));
  step.target = TRY(copy_map(planner, maps.groups.view()));
  return {};
}

}  // namespace microctr

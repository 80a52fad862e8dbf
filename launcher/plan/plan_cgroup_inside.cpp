// What the container gets of its cgroups: its process in them, and their file systems.

#include <sys/mount.h>

#include "launcher/plan/planner.h"

namespace microctr {

CString legacy_cgroup_of(const Planner& planner, Controller controller) {
  const CString hierarchy = planner.facts.cgroup.legacy_of(controller);
  if (hierarchy.empty()) return {};
  CString deepest;
  for (const Step& step : planner.plan.steps) {
    const std::string_view target = step.target;
    if (step.op == Op::make_cgroup && target.starts_with(hierarchy.view()) &&
        after(target, hierarchy.size()).starts_with('/')) {
      deepest = step.target;
    }
  }
  return deepest;
}

namespace {

// A container is told nothing about its devices: that hierarchy is not shown.
bool is_shown(const Planner& planner, Controller controller) {
  return controller != Controller::devices && !legacy_cgroup_of(planner, controller).empty();
}

// The host's /sys then, with the host's cgroup2 in it.
bool is_sys_bound(const Planner& planner) {
  for (const Step& step : planner.plan.steps) {
    if (step.op == Op::bind && step.target == "/sys") return true;
  }
  return false;
}

}  // namespace

void plan_cgroup_join(Planner& planner) {
  const CgroupFacts& facts = planner.facts.cgroup;
  const bool clone_places_it = planner.facts.kernel_at_least(5, 7);
  if (!facts.unified.empty() && !planner.plan.cgroup.empty() && !clone_places_it) {
    planner.add(Op::join_cgroup).target = planner.plan.cgroup;
  }
  for (const Controller controller : all_controllers) {
    const CString directory = legacy_cgroup_of(planner, controller);
    if (directory.empty() || facts.shares_hierarchy(controller)) continue;
    planner.add(Op::join_cgroup).target = directory;
  }
}

// v2 alone is mounted at /sys/fs/cgroup itself; beside v1 it goes where the field expects it. Of v1 only those
// hierarchies appear in which the container has a cgroup of its own, always read-only (CVE-2022-0492).
Result<void> plan_cgroup_mounts(Planner& planner) {
  const CgroupFacts& facts = planner.facts.cgroup;
  if (planner.plan.cgroup.empty() || !planner.spec.namespaces.cgroup) return {};
  const std::uint64_t safe = MS_NOSUID | MS_NODEV | MS_NOEXEC;
  const std::uint64_t writable = hands_over_cgroup(planner.spec) ? 0 : MS_RDONLY;
  bool any_legacy = false;
  for (const Controller controller : all_controllers) any_legacy |= is_shown(planner, controller);
  if (!any_legacy) {
    // Directly on the host's, which can be the same, a cgroup2 would be EBUSY (mount(2)).
    if (is_sys_bound(planner))
      planner.mount("/sys/fs/cgroup", "tmpfs", "mode=755,size=4k", safe | MS_RDONLY | mount_refuse_symlink);
    planner.mount("/sys/fs/cgroup", "cgroup2", "", safe | writable | mount_refuse_symlink);
    return {};
  }
  planner.mount("/sys/fs/cgroup", "tmpfs", "mode=755,size=64k", safe | mount_refuse_symlink);
  for (const Controller controller : all_controllers) {
    if (!is_shown(planner, controller) || facts.shares_hierarchy(controller)) continue;
    const CString options = facts.legacy_options[static_cast<std::size_t>(controller)];
    planner.mount(TRY(planner.arena.join("/sys/fs/cgroup/", options)), "cgroup", options,
                  safe | MS_RDONLY | mount_refuse_symlink | mount_create_target);
  }
  if (!facts.unified.empty()) {
    planner.mount("/sys/fs/cgroup/unified", "cgroup2", "",
                  safe | writable | mount_refuse_symlink | mount_create_target);
  }
  return {};
}

}  // namespace microctr

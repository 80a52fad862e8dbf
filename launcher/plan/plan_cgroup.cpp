// Which cgroups a container gets, and which file of which hierarchy carries each limit.
//
// cgroup v2 where the controller is there, else the v1 hierarchy that has it, so that v1, v2 and hybrid machines take
// the same configuration. The container's processes are always in one cgroup that can be killed as a whole: v2's, or
// v1's freezer.

#include <algorithm>

#include "launcher/plan/planner.h"

namespace microctr {

namespace {

// The kernel takes no quota below 1 ms (sched/core.c, min_cfs_quota_period) and no period above 1 s.
constexpr std::uint64_t cpu_period_us(std::uint64_t thousandths) { return thousandths < 10 ? 1'000'000 : 100'000; }

// One limit as each kernel interface spells it; an empty name means that this interface has no such limit.
struct LimitFile {
  TableText<12> key;
  TableText<16> unified_file;
  TableText<28> legacy_file;
  Controller controller;
  Limit Resources::*limit;
};

constexpr LimitFile limit_files[] = {
    {"memory", "memory.max", "memory.limit_in_bytes", Controller::memory, &Resources::memory},
    {"memory_high", "memory.high", "", Controller::memory, &Resources::memory_high},
    {"memory_swap", "memory.swap.max", "memory.memsw.limit_in_bytes", Controller::memory, &Resources::memory_swap},
    {"cpus", "cpu.max", "cpu.cfs_quota_us", Controller::cpu, &Resources::cpus},
    {"cpu_weight", "cpu.weight", "cpu.shares", Controller::cpu, &Resources::cpu_weight},
    {"pids", "pids.max", "pids.max", Controller::pids, &Resources::pids},
};

Phrase missing_hint(Controller controller) {
  switch (controller) {
    case Controller::cpu:
      return "the kernel needs CONFIG_CGROUP_SCHED and CONFIG_CFS_BANDWIDTH; or drop the limit's requirement: "
             "KEY.required = no"_p;
    case Controller::cpuset:
      return "the kernel needs CONFIG_CPUSETS; or drop the limit's requirement: KEY.required = no"_p;
    case Controller::memory:
      return "the kernel needs CONFIG_MEMCG, some also the boot argument cgroup_enable=memory; or drop the limit's "
             "requirement: KEY.required = no"_p;
    case Controller::pids:
      return "the kernel needs CONFIG_CGROUP_PIDS; or drop the limit's requirement: KEY.required = no"_p;
    case Controller::freezer: return "the kernel needs CONFIG_CGROUP_FREEZER"_p;
    case Controller::devices: return "the kernel needs CONFIG_CGROUP_DEVICE"_p;
  }
  return "";
}

class CgroupPlanner {
 public:
  explicit CgroupPlanner(Planner& planner)
      : planner_(planner), resources_(planner.spec.resources), facts_(planner.facts.cgroup) {}

  Result<void> plan() {
    const bool wanted = wants_limits();
    unified_usable_ = !facts_.unified.empty() && (planner_.facts.privileged || facts_.own_writable);
    if (!planner_.facts.privileged && !unified_usable_) return refuse_or_skip(wanted);
    TRY(choose_paths());
    if (unified_usable_) TRY(plan_unified());
    TRY(plan_legacy());
    TRY(plan_values());
    return report_missing();
  }

 private:
  const Limit& limit_of(const LimitFile& file) const { return resources_.*file.limit; }

  bool wants_limits() const {
    for (const LimitFile& file : limit_files) {
      if (limit_of(file).value) return true;
    }
    return !resources_.cpuset.empty() || !resources_.cgroup.empty() || resources_.delegate;
  }

  Result<void> refuse_or_skip(bool wanted) {
    if (!wanted) return {};
    bool required = !resources_.cgroup.empty() || resources_.delegate;
    for (const LimitFile& file : limit_files) {
      if (!limit_of(file).value) continue;
      required |= limit_of(file).required;
      planner_.add(Op::leave_out).source = file.key;
    }
    if (!resources_.cpuset.empty()) {
      required |= resources_.cpuset_required;
      planner_.add(Op::leave_out).source = "cpuset";
    }
    if (!required) return {};
    return fail(EACCES, "apply the limits: no cgroup has been delegated to this user"_p, {},
                "run as root, or in a delegated cgroup: systemd-run --user --scope -p Delegate=yes microctr ..."_p);
  }

  bool is_unified(Controller controller) const {
    return unified_usable_ && facts_.unified_controllers.has(controller) && facts_.legacy_of(controller).empty();
  }
  bool is_legacy(Controller controller) const {
    return planner_.facts.privileged && !facts_.legacy_of(controller).empty();
  }
  bool is_there(const LimitFile& file) const {
    if (is_unified(file.controller)) return true;
    return is_legacy(file.controller) && !file.legacy_file.text().empty();
  }

  // The controllers that the limits need, on either side.
  void need(Controller controller) {
    if (is_unified(controller)) {
      unified_needed_.add(controller);
    } else if (is_legacy(controller)) {
      legacy_needed_.add(controller);
    }
  }

  // Who is given a cgroup can limit with those controllers only that reach it (cgroup-v2, "Delegation").
  void hand_down_all() {
    for (const Controller controller : all_controllers) {
      if (is_unified(controller)) unified_needed_.add(controller);
    }
  }

  Result<void> choose_paths() {
    const CString below = resources_.cgroup;
    leaf_ = below.empty() ? TRY(planner_.arena.join("microctr/", planner_.spec.name)) : below;
    for (const LimitFile& file : limit_files) {
      if (limit_of(file).value && is_there(file)) need(file.controller);
    }
    if (!resources_.cpuset.empty()) need(Controller::cpuset);
    if (hands_over_cgroup(planner_.spec)) hand_down_all();
    if (!unified_usable_ && is_legacy(Controller::freezer)) legacy_needed_.add(Controller::freezer);
    if (device_filter_of(planner_.spec, planner_.facts) == DeviceFilter::legacy) {
      legacy_needed_.add(Controller::devices);
    }
    return {};
  }

  void make(CString directory, bool leaf) {
    Step& step = planner_.add(Op::make_cgroup);
    step.target = directory;
    step.flags = leaf ? cgroup_leaf : 0;
  }

  // Each ancestor must hand the controllers down before its child can have them (cgroup-v2, "Top-down Constraint").
  Result<void> plan_unified() {
    TextBuffer<64> wanted;
    for (const Controller controller : all_controllers) {
      if (controller != Controller::freezer && unified_needed_.has(controller)) {
        wanted.add(wanted.size() == 0 ? "+" : " +", controller_name(controller));
      }
    }
    const CString controllers = TRY(planner_.arena.copy(wanted.view()));
    CString directory = facts_.unified;
    if (!planner_.facts.privileged && facts_.own != "/") {
      directory = TRY(planner_.arena.join(facts_.unified, facts_.own));
    }
    std::string_view rest = leaf_;
    bool is_first = true;
    while (!rest.empty()) {
      const std::string_view part = cut(rest, '/');
      if (part.empty()) continue;
      if (!controllers.empty()) {
        Step& step = planner_.add(Op::enable_controllers);
        step.target = directory;
        step.options = controllers;
        if (is_first && !planner_.facts.privileged) step.flags = cgroup_of_caller;
      }
      directory = TRY(planner_.arena.join(directory, "/", part));
      make(directory, rest.empty());
      is_first = false;
    }
    planner_.plan.cgroup = unified_directory_ = directory;
    // Where the container's root is not the host's, it could do nothing with what is the host's.
    if (hands_over_cgroup(planner_.spec) && planner_.plan.mapped) planner_.add(Op::hand_over_cgroup).target = directory;
    return {};
  }

  Result<void> plan_legacy() {
    for (const Controller controller : all_controllers) {
      if (!legacy_needed_.has(controller)) continue;
      CString directory = facts_.legacy_of(controller);
      std::string_view rest = leaf_;
      while (!rest.empty()) {
        const std::string_view part = cut(rest, '/');
        if (part.empty()) continue;
        const CString parent = directory;
        directory = TRY(planner_.arena.join(directory, "/", part));
        make(directory, rest.empty());
        if (controller == Controller::cpuset) TRY(copy_cpuset(parent, directory));
      }
      legacy_directories_[static_cast<std::size_t>(controller)] = directory;
      if (controller == Controller::freezer) planner_.plan.cgroup = directory;
    }
    return {};
  }

  // A new v1 cpuset has no processor and no memory node, and takes no task before it has both (cpusets.txt).
  Result<void> copy_cpuset(CString parent, CString directory) {
    for (const Literal file : {Literal("/cpuset.cpus"), Literal("/cpuset.mems")}) {
      Step& step = planner_.add(Op::copy_cgroup);
      step.source = TRY(planner_.arena.join(parent, file));
      step.target = TRY(planner_.arena.join(directory, file));
    }
    return {};
  }

  CString directory_of(Controller controller) const {
    return is_unified(controller) ? unified_directory_ : legacy_directories_[static_cast<std::size_t>(controller)];
  }

  Result<void> write(CString key, Controller controller, CString file, CString value, bool required) {
    Step& step = planner_.add(Op::write_cgroup);
    step.optional = !required;
    step.source = key;
    step.target = TRY(planner_.arena.join(directory_of(controller), "/", file));
    step.options = TRY(planner_.arena.join(value));
    return {};
  }

  Result<void> write_limit(const LimitFile& file) {
    const std::uint64_t value = *limit_of(file).value;
    const bool required = limit_of(file).required;
    TextBuffer<48> text;
    if (is_unified(file.controller)) {
      if (file.limit == &Resources::cpus) {
        text.add(value * cpu_period_us(value) / 1000, " ", cpu_period_us(value));
      } else {
        text.add(value);
      }
      return write(file.key, file.controller, file.unified_file, text.text(), required);
    }
    if (file.limit == &Resources::cpus) {
      text.add(cpu_period_us(value));
      TRY(write(file.key, file.controller, "cpu.cfs_period_us", text.text(), required));
      text.clear();
      text.add(value * cpu_period_us(value) / 1000);
    } else if (file.limit == &Resources::cpu_weight) {
      text.add(std::max<std::uint64_t>(2, value * 1024 / 100));  // 100 is v2's default, 1024 is v1's
    } else if (file.limit == &Resources::memory_swap) {
      text.add(value + resources_.memory.value.value_or(0));
    } else {
      text.add(value);
    }
    return write(file.key, file.controller, file.legacy_file, text.text(), required);
  }

  Result<void> plan_values() {
    for (const LimitFile& file : limit_files) {
      if (limit_of(file).value && is_there(file)) TRY(write_limit(file));
    }
    if (!resources_.cpuset.empty() && cpuset_there()) {
      return write("cpuset", Controller::cpuset, "cpuset.cpus", resources_.cpuset, resources_.cpuset_required);
    }
    return {};
  }

  bool cpuset_there() const { return is_unified(Controller::cpuset) || is_legacy(Controller::cpuset); }

  Result<void> missing(CString key, Controller controller, bool required) {
    if (!required) {
      planner_.add(Op::leave_out).source = key;
      return {};
    }
    return fail(0, "the machine offers no cgroup controller for"_p, key,
                key == "memory_high" ? Phrase("memory_high needs cgroup v2; or set memory_high.required = no"_p)
                                     : missing_hint(controller));
  }

  Result<void> report_missing() {
    for (const LimitFile& file : limit_files) {
      if (limit_of(file).value && !is_there(file)) TRY(missing(file.key, file.controller, limit_of(file).required));
    }
    if (!resources_.cpuset.empty() && !cpuset_there()) {
      TRY(missing("cpuset", Controller::cpuset, resources_.cpuset_required));
    }
    if (resources_.delegate && unified_directory_.empty()) {
      return fail(0, "delegate: the machine has no cgroup v2"_p, {}, "mount cgroup2, or remove delegate = yes"_p);
    }
    return {};
  }

  Planner& planner_;
  const Resources& resources_;
  const CgroupFacts& facts_;
  bool unified_usable_ = false;
  ControllerSet unified_needed_;
  ControllerSet legacy_needed_;
  CString leaf_;
  CString unified_directory_;
  std::array<CString, controller_count> legacy_directories_;
};

}  // namespace

Result<void> plan_cgroup(Planner& planner) { return CgroupPlanner(planner).plan(); }

}  // namespace microctr

// The parts of make_plan: each adds the steps of one subject. Used by planner.cpp only.
//
// A Planner borrows everything. Its `add` is the only way a step gets into a plan.
#pragma once

#include <sys/mount.h>

#include "launcher/plan/plan.h"

namespace microctr {

struct Planner {
  const Spec& spec;
  const HostFacts& facts;
  CString record;
  Arena& arena;
  Plan& plan;
  bool full = false;  // more steps were added than a plan holds; make_plan refuses the plan then
  Step beyond = {};   // what `add` returns in that case

  // Appends a step on the side that does it. Its other fields are empty, and the caller's to fill.
  Step& add(Op op);
  // The same for Op::mount.
  Step& mount(CString target, CString type, CString options, std::uint64_t flags);
};

Result<void> plan_cgroup(Planner& planner);         // host side: limits; sets plan.cgroup
void plan_cgroup_join(Planner& planner);            // gate
Result<void> plan_cgroup_mounts(Planner& planner);  // inside: /sys/fs/cgroup
Result<void> plan_layers(Planner& planner);         // host side: what must exist
Result<void> plan_root(Planner& planner);           // inside: root and everything mounted in it
Result<void> plan_network(Planner& planner);        // host side; fills plan.interfaces
Result<void> plan_links(Planner& planner);          // gate
Result<void> plan_names_place(Planner& planner);    // inside: before the record is covered
void plan_name_files(Planner& planner);             // inside: hosts, hostname, resolv.conf
Result<void> plan_privileges(Planner& planner);     // inside: identity, capabilities

}  // namespace microctr

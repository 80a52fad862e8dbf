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

Result<void> plan_users(Planner& planner);          // decides about the user namespace; host side: a range of ids
Result<void> plan_id_maps(Planner& planner);        // gate
Result<void> plan_cgroup(Planner& planner);         // host side: limits; sets plan.cgroup
void plan_cgroup_join(Planner& planner);            // gate
Result<void> plan_cgroup_mounts(Planner& planner);  // inside: /sys/fs/cgroup
Result<void> plan_device_access(Planner& planner);  // host side: which devices, and whether they can be filtered
void plan_device_filter(Planner& planner);          // beside
Result<void> plan_layers(Planner& planner);         // host side: what must exist
Result<void> plan_stage(Planner& planner);          // stage: root, volumes and /dev, put together outside
Result<void> plan_root(Planner& planner);           // inside: root and everything mounted in it
Result<void> plan_network(Planner& planner);        // host side; fills plan.interfaces
Result<void> plan_links(Planner& planner);          // gate
// The name of its network namespace, if `side` is where that belongs.
Result<void> plan_network_name(Planner& planner, Side side);
Result<void> plan_names_place(Planner& planner);  // inside: before the record is covered
// hosts, hostname, resolv.conf, if `side` is where they are written.
void plan_name_files(Planner& planner, Side side);
void plan_filter(Planner& planner);              // host side: the program of the system call filter
Result<void> plan_ready(Planner& planner);       // host side: what it says on that it is ready
void plan_notify_place(Planner& planner);        // stage or inside: before the record is covered
void plan_notify(Planner& planner);              // inside: its socket in /dev
Result<void> plan_privileges(Planner& planner);  // inside: identity, capabilities

// plan_isolation.cpp
Result<void> plan_process_limits(Planner& planner);     // gate: resource limits, oom_score_adj
Result<void> plan_clocks_and_labels(Planner& planner);  // inside: the first steps, with the host's /proc
Result<void> plan_kernel_settings(Planner& planner);    // inside: after the network, before its root is closed

// Whether its network namespace is made for it: not where it joins another's, or comes back to that of its earlier
// life.
bool makes_network(const Planner& planner);

// Whether the container manages its own v2 cgroup, where the machine has one.
constexpr bool hands_over_cgroup(const Spec& spec) { return spec.resources.delegate || spec.nesting; }

// Shared by the rooms that plan the root.
Result<CString> layer_path(Planner& planner, const Layer& layer);
bool is_left_out(const Planner& planner, std::size_t index);
// The layers that are there, counted; `only` becomes the last of them.
std::size_t count_layers(const Planner& planner, std::size_t& only);
// A path in the data directory of this container: persistent upper and named volumes.
Result<CString> data_path(Planner& planner, CString kind, CString name = "");
std::uint64_t tmpfs_upper_size(const Spec& spec);
std::uint64_t volume_flags(const Volume& volume);
Result<CString> volume_source(Planner& planner, const Volume& volume);
void add_overlay_path(TextWriter& options, std::string_view path);

// The v1 directory of `controller` that the plan makes; empty: none.
CString legacy_cgroup_of(const Planner& planner, Controller controller);

// The capabilities that stay in the bounding set.
std::uint64_t kept_capabilities(const Spec& spec);

// Whether system calls are filtered, and whether the program is executed through a sealed copy of ours.
bool is_filtered(const Spec& spec);
bool seals_program(const Planner& planner);

// How the kernel is told which devices the container may open.
enum class DeviceFilter : std::uint8_t {
  none,     // nobody asks: a host service, or a caller without privilege
  unified,  // a program on the cgroup of v2
  legacy,   // the v1 hierarchy
  missing,  // the machine has neither
};
// What explain says of make_devices beyond the default ones.
constexpr Literal words_about_devices(const Spec& spec) {
  return spec.devices.empty() ? Literal("") : Literal(" and those that were found");
}
DeviceFilter device_filter_of(const Spec& spec, const HostFacts& facts);

}  // namespace microctr

// Which devices of the host a container may use, and how everything else is refused: a program on its cgroup of v2,
// which works beside v1 hierarchies as well, or the devices hierarchy of v1.

#include <linux/capability.h>

#include "launcher/plan/planner.h"

namespace microctr {

namespace {

// Without a filter, who has the node can read and write.
Result<void> check_whole_access(const Spec& spec, Phrase hint) {
  for (const DeviceLine& line : spec.devices) {
    if (!line.read || !line.write) return fail(0, "limit the access to the device"_p, line.source, hint);
  }
  return {};
}

Result<CString> lines_as_text(Planner& planner) {
  TextWriter text(planner.arena.rest());
  for (const DeviceLine& line : planner.spec.devices) {
    text.add(text.size() == 0 ? "" : ", ", line.optional ? "-" : "", line.source);
    if (!line.target.empty()) text.add(':', line.target);
    text.add(':', line.read ? "r" : "", line.write ? "w" : "", line.make ? "m" : "");
  }
  if (text.overflowed()) return fail(ENOSPC, "keep the lines of devices"_p);
  planner.arena.take(text.size() + 1);
  return text.text();
}

Result<void> plan_without_filter(Planner& planner) {
  const bool makes_nodes = (kept_capabilities(planner.spec) >> CAP_MKNOD & 1) != 0 && !planner.plan.user_namespace;
  if (makes_nodes) {
    return fail(
        0, "this machine cannot refuse devices to a container that may make their nodes"_p, {},
        "the kernel needs CONFIG_CGROUP_BPF and a mounted cgroup2, or CONFIG_CGROUP_DEVICE and its hierarchy of "
        "v1; or remove MKNOD from cap_add"_p);
  }
  planner.add(Op::leave_out);
  return check_whole_access(
      planner.spec, "it needs CONFIG_CGROUP_BPF and a mounted cgroup2, or CONFIG_CGROUP_DEVICE; or write :rw"_p);
}

}  // namespace

DeviceFilter device_filter_of(const Spec& spec, const HostFacts& facts) {
  if (spec.namespaces.none() || !facts.privileged) return DeviceFilter::none;
  if (facts.cgroup.device_programs) return DeviceFilter::unified;
  return facts.cgroup.legacy_of(Controller::devices).empty() ? DeviceFilter::missing : DeviceFilter::legacy;
}

Result<void> plan_device_access(Planner& planner) {
  const Spec& spec = planner.spec;
  if (!spec.devices.empty()) {
    planner.add(Op::collect_devices).source = TRY(lines_as_text(planner));
  }
  const DeviceFilter filter = device_filter_of(spec, planner.facts);
  if (filter == DeviceFilter::none) return check_whole_access(spec, "only root can: run as root, or write :rw"_p);
  return filter == DeviceFilter::missing ? plan_without_filter(planner) : Result<void>();
}

void plan_device_filter(Planner& planner) {
  const DeviceFilter filter = device_filter_of(planner.spec, planner.facts);
  if (filter == DeviceFilter::none || filter == DeviceFilter::missing) return;
  const bool unified = filter == DeviceFilter::unified;
  Step& step = planner.add(Op::filter_devices);
  step.target = unified ? planner.plan.cgroup : legacy_cgroup_of(planner, Controller::devices);
  step.flags = unified ? filter_unified : filter_legacy;
}

}  // namespace microctr

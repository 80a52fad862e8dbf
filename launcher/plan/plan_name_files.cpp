// Which files of names a container gets in /etc, and how they come there.
//
// Into a writable overlay they are written through the merged root, where the container's programs may replace them; by
// the launcher, as the container's root, where it has put the root together. A root that cannot be written, and a
// directory that is the operator's, gets them bound over what is there.

#include "launcher/plan/planner.h"
#include "launcher/spec/path_text.h"

namespace microctr {

namespace {

bool covers(CString target, std::string_view file) {
  return is_same_path(target, "/etc") || is_same_path(target, file);
}

bool is_covered(const Spec& spec, std::string_view file) {
  for (const Volume& volume : spec.volumes) {
    if (covers(volume.target, file)) return true;
  }
  for (const TmpfsMount& tmpfs : spec.tmpfs) {
    if (covers(tmpfs.target, file)) return true;
  }
  return false;
}

bool knows_a_resolver(const Spec& spec) {
  return shares_host_network(spec) || spec.network.mode() != NetworkMode::none || !spec.network.dns.empty();
}

}  // namespace

bool shares_host_network(const Spec& spec) {
  return !spec.namespaces.network || spec.network.mode() == NetworkMode::host;
}

std::uint64_t name_files_of(const Spec& spec) {
  std::uint64_t files = 0;
  if (!spec.namespaces.mount) return files;
  if (spec.namespaces.uts && !is_covered(spec, "/etc/hostname")) files |= names_hostname;
  if (!is_covered(spec, "/etc/hosts")) files |= names_hosts;
  if (knows_a_resolver(spec) && !is_covered(spec, "/etc/resolv.conf")) files |= names_resolver;
  if (files == 0) return files;
  const bool bound = spec.read_only || !spec.rootfs.empty() || spec.upper == UpperKind::none;
  const bool kept = spec.upper == UpperKind::persistent || spec.upper == UpperKind::path;
  return files | (bound ? names_bound : kept ? names_kept : 0);
}

Result<void> plan_names_place(Planner& planner) {
  if ((name_files_of(planner.spec) & names_bound) == 0) return {};
  Step& step = planner.add(Op::open_names);
  step.target = planner.plan.staged ? CString(staged_names) : TRY(planner.arena.join(planner.record, "/etc"));
  return {};
}

void plan_name_files(Planner& planner, Side side) {
  const std::uint64_t files = name_files_of(planner.spec);
  const bool on_stage = planner.plan.staged && (files & names_bound) == 0;
  if (files == 0 || on_stage != (side == Side::stage)) return;
  Step& step = planner.add(Op::write_names);
  step.side = side;
  step.flags = files;
}

}  // namespace microctr

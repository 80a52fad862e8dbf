// What the launcher puts together for a container with a user namespace, in the mount namespace of the process: the
// overlay, volumes and /dev.
//
// There it still is the host's root. An overlay that is mounted by a user namespace cannot remove lower directories
// before Linux 6.6, keeps its marks in other attributes on disk, and may not map ids; device nodes are refused
// altogether. The stage is a tmpfs over a directory of the record; the process later moves everything from there to its
// place. What is on disk has the owners that the container sees, whatever its ids are on the host.

#include <sys/mount.h>

#include "launcher/plan/planner.h"

namespace microctr {

namespace {

Step& add_staged(Planner& planner, Op op) {
  Step& step = planner.add(op);
  step.side = Side::stage;
  return step;
}

std::uint64_t map_flag(const Planner& planner) { return planner.plan.mapped ? mount_map_ids : 0; }

Step& map_tree(Planner& planner, CString source, CString target, std::uint64_t flags) {
  Step& step = add_staged(planner, Op::map_tree);
  step.source = source;
  step.target = target;
  step.flags = flags;
  return step;
}

// Lower layers under their numbers, so that the options of the overlay stay short.
Result<void> stage_overlay(Planner& planner) {
  const Spec& spec = planner.spec;
  TextBuffer<limits::mount_data + 1> options("lowerdir=");
  const std::size_t before = options.size();
  for (std::size_t index = spec.layers.size(); index-- > 0;) {  // the kernel lists the top first
    if (is_left_out(planner, index)) continue;
    if (options.size() != before) options.add(':');
    const CString path = TRY(layer_path(planner, spec.layers[index]));
    if (!planner.plan.mapped) {
      add_overlay_path(options, path);
      continue;
    }
    const CString number = TRY(planner.arena.join(index));
    map_tree(planner, path, number, mount_map_ids | MS_NODEV | MS_NOSUID);
    options.add(number);
  }
  switch (spec.upper) {
    case UpperKind::none: break;
    case UpperKind::tmpfs:
      add_staged(planner, Op::make_upper);
      options.add(",upperdir=upper,workdir=work");
      break;
    case UpperKind::persistent:
    case UpperKind::path: {
      const CString kept = spec.upper == UpperKind::path ? spec.upper_path : TRY(data_path(planner, "/root"));
      add_staged(planner, Op::make_upper).target = kept;
      map_tree(planner, kept, staged_upper, map_flag(planner));
      options.add(",upperdir=", staged_upper, "/upper,workdir=", staged_upper, "/work");
      break;
    }
  }
  if (options.overflowed()) {
    return fail(E2BIG, "mount the overlay: the paths of the layers are too long together (limit 4095 bytes)"_p);
  }
  Step& overlay = add_staged(planner, Op::mount_overlay);
  overlay.target = staged_root;
  overlay.flags = MS_NODEV;
  overlay.options = TRY(planner.arena.copy(options.view()));
  plan_name_files(planner, Side::stage);
  return {};
}

Result<void> stage_root(Planner& planner) {
  const Spec& spec = planner.spec;
  if (!spec.rootfs.empty()) return {};  // stage_given_trees
  std::size_t last = 0;
  const std::size_t count = count_layers(planner, last);
  if (count == 0) return fail(ENOENT, "find a layer: none of the optional ones exists"_p);
  if (spec.upper != UpperKind::none || count > 1) return stage_overlay(planner);
  // An overlay without upper needs two layers.
  map_tree(planner, TRY(layer_path(planner, spec.layers[last])), staged_root, map_flag(planner) | MS_RDONLY | MS_NODEV);
  return {};
}

// What the operator names, with all that is mounted below it. Where ids are mapped it is taken before the stage is
// there, which may be below it and cannot be mapped a second time.
Result<void> stage_given_trees(Planner& planner) {
  const Spec& spec = planner.spec;
  if (!spec.rootfs.empty()) map_tree(planner, spec.rootfs, staged_root, map_flag(planner) | MS_REC | MS_NODEV);
  for (std::size_t index = 0; index < spec.volumes.size(); ++index) {
    const Volume& volume = spec.volumes[index];
    const bool plain = (planner.facts.ids.plain_volumes >> index & 1) != 0;
    const CString name = TRY(planner.arena.join("v", index));
    Step& step = map_tree(planner, TRY(volume_source(planner, volume)), name,
                          volume_flags(volume) | (plain ? 0 : map_flag(planner)));
    step.optional = volume.optional;
  }
  return {};
}

}  // namespace

Result<void> plan_stage(Planner& planner) {
  const Spec& spec = planner.spec;
  if (!planner.plan.staged) return {};
  planner.plan.stage = planner.record;
  add_staged(planner, Op::private_mounts);
  if ((name_files_of(spec) & names_bound) != 0) {
    add_staged(planner, Op::open_names).target = TRY(planner.arena.join(planner.record, "/etc"));
  }
  plan_notify_place(planner);
  if (planner.plan.mapped) TRY(stage_given_trees(planner));
  Step& stage = add_staged(planner, Op::stage_tmpfs);
  stage.target = planner.plan.stage;
  const bool holds_upper = spec.upper == UpperKind::tmpfs && spec.rootfs.empty();
  stage.options = TRY(planner.arena.join("mode=755,size=", holds_upper ? tmpfs_upper_size(spec) : 65536));
  stage.flags = MS_NOSUID | MS_NODEV;
  if (!planner.plan.mapped) TRY(stage_given_trees(planner));
  TRY(stage_root(planner));
  Step& dev = add_staged(planner, Op::mount);
  dev.target = staged_dev;
  dev.type = "tmpfs";
  dev.options = "mode=755,size=64k";
  dev.flags = MS_NOSUID | MS_NOEXEC;
  Step& devices = add_staged(planner, Op::make_devices);
  devices.target = staged_dev;
  devices.options = words_about_devices(spec);
  add_staged(planner, Op::make_links).target = staged_dev;
  return {};
}

}  // namespace microctr

// The container's file system: its root, what is mounted in it, and how it becomes "/".
//
// Everything is mounted before the root is changed, below a descriptor of the new root, and on descriptors only.

#include <linux/capability.h>

#include <algorithm>

#include "launcher/base/bytes.h"
#include "launcher/plan/planner.h"

namespace microctr {

namespace {

constexpr std::uint64_t no_privilege = MS_NOSUID | MS_NODEV;
constexpr std::uint64_t default_upper_size = 16 * 1024 * 1024;

// Mount points may be made in an overlay's upper layer and in a directory root, never in a layer itself.
bool may_create(const Planner& planner) {
  return planner.spec.upper != UpperKind::none || !planner.spec.rootfs.empty();
}

std::uint64_t create_flag(const Planner& planner) { return may_create(planner) ? mount_create_target : 0; }

}  // namespace

Result<CString> layer_path(Planner& planner, const Layer& layer) {
  if (!layer.in_store) return layer.name;
  return planner.arena.join(planner.facts.places.data, "/layers/", layer.name);
}

bool is_left_out(const Planner& planner, std::size_t index) { return (planner.facts.missing_layers >> index & 1) != 0; }

std::size_t count_layers(const Planner& planner, std::size_t& only) {
  std::size_t count = 0;
  for (std::size_t index = 0; index < planner.spec.layers.size(); ++index) {
    if (is_left_out(planner, index)) continue;
    ++count;
    only = index;
  }
  return count;
}

Result<CString> data_path(Planner& planner, CString kind, CString name) {
  return planner.arena.join(planner.facts.places.data, "/containers/", planner.spec.name, kind, name);
}

// overlayfs splits its options at ',' and ':' unless they are escaped.
void add_overlay_path(TextWriter& options, std::string_view path) {
  for (const char character : path) {
    if (character == '\\' || character == ':' || character == ',') options.add('\\');
    options.add(character);
  }
}

std::uint64_t tmpfs_upper_size(const Spec& spec) {
  const auto memory = spec.resources.memory.value;
  return spec.upper_size.value_or(memory ? *memory / 4 : default_upper_size);
}

std::uint64_t volume_flags(const Volume& volume) {
  std::uint64_t flags = no_privilege | MS_REC;
  if (volume.read_only) flags |= MS_RDONLY;
  if (volume.no_exec) flags |= MS_NOEXEC;
  if (volume.named) flags |= mount_own_source;
  return flags;
}

Result<CString> volume_source(Planner& planner, const Volume& volume) {
  return volume.named ? data_path(planner, "/volumes/", volume.source) : volume.source;
}

namespace {

Result<CString> overlay_options(Planner& planner) {
  Bytes<limits::mount_data + 1> storage;
  TextWriter options(storage);
  options.add("lowerdir=");
  const auto& layers = planner.spec.layers;
  const std::size_t before = options.size();
  for (std::size_t index = layers.size(); index-- > 0;) {  // the kernel lists the top first
    if (is_left_out(planner, index)) continue;
    if (options.size() != before) options.add(':');
    add_overlay_path(options, TRY(layer_path(planner, layers[index])));
  }
  if (planner.spec.upper != UpperKind::none) options.add(",upperdir=upper,workdir=work");
  if (planner.plan.user_namespace) options.add(",userxattr");
  if (options.overflowed()) {
    return fail(E2BIG, "mount the overlay: the paths of the layers are too long together (limit 4095 bytes)"_p);
  }
  return planner.arena.copy(options.view());
}

Result<void> plan_upper(Planner& planner) {
  const Spec& spec = planner.spec;
  switch (spec.upper) {
    case UpperKind::none: return {};
    case UpperKind::tmpfs: {
      Step& step = planner.add(Op::stage_tmpfs);
      step.target = planner.plan.stage;
      step.options = TRY(planner.arena.join("mode=755,size=", tmpfs_upper_size(spec)));
      step.flags = no_privilege;
      break;
    }
    case UpperKind::persistent: planner.add(Op::stage_directory).source = TRY(data_path(planner, "/root")); break;
    case UpperKind::path: planner.add(Op::stage_directory).source = spec.upper_path; break;
  }
  planner.add(Op::make_upper);
  return {};
}

void bind_root(Planner& planner, CString source, std::uint64_t flags) {
  Step& step = planner.add(Op::bind_root);
  step.source = source;
  step.target = planner.plan.stage;
  step.flags = flags;
}

Result<void> plan_root_mount(Planner& planner) {
  const Spec& spec = planner.spec;
  if (!spec.rootfs.empty()) {
    // Linux before 5.12 can change one mount only, not a tree: then what is mounted below it stays outside.
    bind_root(planner, spec.rootfs, planner.facts.kernel_at_least(5, 12) ? MS_REC | MS_NODEV : MS_NODEV);
    return {};
  }
  std::size_t last = 0;
  const std::size_t count = count_layers(planner, last);
  if (count == 0) return fail(ENOENT, "find a layer: none of the optional ones exists"_p);
  if (spec.upper == UpperKind::none && count == 1) {  // an overlay without upper needs two layers
    // Read-only from the first moment: no later step may write into a layer.
    bind_root(planner, TRY(layer_path(planner, spec.layers[last])), MS_RDONLY | MS_NODEV);
    return {};
  }
  TRY(plan_upper(planner));
  Step& step = planner.add(Op::mount_overlay);
  step.target = planner.plan.stage;
  step.options = TRY(overlay_options(planner));
  step.flags = MS_NODEV;  // a device node in a layer is dead
  return {};
}

// What cannot be mounted anew, because its namespace is the host's and we are in a user namespace, is bound.
Step& mount_or_bind(Planner& planner, bool own_namespace, CString target, CString type, std::uint64_t flags) {
  Step& step = planner.mount(target, type, "", flags);
  if (!own_namespace && planner.plan.user_namespace) {
    step.op = Op::bind;
    step.source = target;
    step.type = "";
    step.flags |= MS_REC;
  }
  return step;
}

// What the launcher has put on the stage comes to its place.
Step& move_in(Planner& planner, CString source, CString target, std::uint64_t flags) {
  Step& step = planner.add(Op::move_in);
  step.source = source;
  step.target = target;
  step.flags = flags;
  return step;
}

void plan_devices(Planner& planner) {
  const Plan& plan = planner.plan;
  const std::uint64_t on_dev = mount_refuse_symlink;
  const auto& groups = plan.maps.groups;
  constexpr std::uint32_t terminals = 5;  // group tty; where it does not exist, the kernel does not take it
  const bool no_terminals = plan.user_namespace && !groups.empty() && !outside_of(groups.view(), terminals);
  if (plan.staged) {
    move_in(planner, staged_dev, "/dev", mount_refuse_symlink | create_flag(planner));
  } else {
    planner.mount("/dev", "tmpfs", "mode=755,size=64k",
                  MS_NOSUID | MS_NOEXEC | mount_refuse_symlink | create_flag(planner));
    Step& devices = planner.add(Op::make_devices);
    devices.target = "/dev";
    devices.flags = plan.user_namespace ? 1U : 0U;
    devices.options = words_about_devices(planner.spec);
    planner.add(Op::make_links).target = "/dev";
  }
  planner.mount("/dev/pts", "devpts",
                no_terminals ? CString("newinstance,ptmxmode=0666,mode=620")
                             : CString("newinstance,ptmxmode=0666,mode=620,gid=5"),
                MS_NOSUID | MS_NOEXEC | on_dev);
  planner.mount("/dev/shm", "tmpfs", "mode=1777,size=64m", no_privilege | MS_NOEXEC | on_dev);
  Step& queues =
      mount_or_bind(planner, planner.spec.namespaces.ipc, "/dev/mqueue", "mqueue", no_privilege | MS_NOEXEC | on_dev);
  queues.optional = true;  // CONFIG_POSIX_MQUEUE is often left out of small kernels
  if (planner.spec.terminal) planner.add(Op::open_terminal);
  plan_notify(planner);
}

Result<void> plan_kernel_mounts(Planner& planner) {
  const Spec& spec = planner.spec;
  const std::uint64_t safe = no_privilege | MS_NOEXEC | mount_refuse_symlink | create_flag(planner);
  mount_or_bind(planner, spec.namespaces.pid, "/proc", "proc", safe);
  plan_devices(planner);
  // A container inside could not have a writable one below a read-only one (mount_too_revealing), and who may mount
  // could make it writable anyway.
  const std::uint64_t writable = spec.nesting ? 0 : MS_RDONLY;
  mount_or_bind(planner, makes_network(planner), "/sys", "sysfs", safe | writable);
  TRY(plan_cgroup_mounts(planner));
  if (makes_network(planner)) planner.add(Op::allow_ping);
  return {};
}

Result<void> plan_volumes(Planner& planner) {
  for (const TmpfsMount& tmpfs : planner.spec.tmpfs) {
    const CString options = TRY(planner.arena.join("mode=", Octal{tmpfs.mode}, ",size=", tmpfs.size));
    planner.mount(tmpfs.target, "tmpfs", options, no_privilege | create_flag(planner));
  }
  for (std::size_t index = 0; index < planner.spec.volumes.size(); ++index) {
    const Volume& volume = planner.spec.volumes[index];
    if (planner.plan.staged) {
      const CString source = TRY(planner.arena.join("v", index));
      move_in(planner, source, volume.target, create_flag(planner)).optional = volume.optional;
      continue;
    }
    Step& step = planner.add(Op::bind);
    step.optional = volume.optional;
    step.source = TRY(volume_source(planner, volume));
    step.target = volume.target;
    step.flags = volume_flags(volume) | create_flag(planner);
  }
  return {};
}

void make_directory(Planner& planner, CString path, unsigned mode) {
  Step& step = planner.add(Op::make_directory);
  step.target = path;
  step.mode = mode;
}

}  // namespace

Result<void> plan_layers(Planner& planner) {
  const Spec& spec = planner.spec;
  for (std::size_t index = 0; index < spec.layers.size(); ++index) {
    const Layer& layer = spec.layers[index];
    if (is_left_out(planner, index)) continue;
    const CString path = TRY(layer_path(planner, layer));
    if (layer.in_store && layer.name == "busybox") {
      planner.add(Op::build_busybox).target = path;
    } else {
      planner.add(Op::check_layer).source = path;
    }
  }
  if (!spec.rootfs.empty() && spec.namespaces.mount) planner.add(Op::check_layer).source = spec.rootfs;
  const bool persistent = spec.upper == UpperKind::persistent && spec.rootfs.empty();
  const bool named =
      std::any_of(spec.volumes.begin(), spec.volumes.end(), [](const Volume& volume) { return volume.named; });
  // What containers leave there may be set-user-id: closed to the machine's other users.
  if (persistent || named) {
    make_directory(planner, TRY(planner.arena.join(planner.facts.places.data, "/containers")), 0700);
  }
  if (persistent) {
    make_directory(planner, TRY(data_path(planner, "/root")), 0700);
  }
  if (spec.upper == UpperKind::path) make_directory(planner, spec.upper_path, 0700);
  for (const Volume& volume : spec.volumes) {
    if (volume.named) make_directory(planner, TRY(data_path(planner, "/volumes/", volume.source)), 0755);
  }
  return {};
}

// The v2 cgroup inside becomes its user's, and with `nesting` its processes make room for controllers.
static void plan_delegation(Planner& planner) {
  CString cgroup;
  for (const Step& step : planner.plan.steps) {
    if (step.op == Op::mount && step.type == "cgroup2") cgroup = step.target;
  }
  if (cgroup.empty() || !hands_over_cgroup(planner.spec)) return;
  if (planner.spec.nesting) planner.add(Op::enter_leaf).target = cgroup;
  planner.add(Op::delegate_cgroup).target = cgroup;
}

// Where pivot_root is refused nothing locks the new root over the host's: who may unmount takes it away again
// (mount_namespaces(7)). Only root of the machine, who is not held by namespaces anyway, is left that power.
static Result<void> plan_change_of_root(Planner& planner) {
  const bool may_unmount = (kept_capabilities(planner.spec) >> CAP_SYS_ADMIN & 1) != 0;
  if (planner.facts.root_is_rootfs && planner.plan.user_namespace && may_unmount) {
    return fail(EPERM, "lock the root of a container with SYS_ADMIN"_p, {},
                "a machine that runs from its initramfs cannot: boot with microctr as process 1, which leaves it, or "
                "remove nesting and cap_add = SYS_ADMIN"_p);
  }
  planner.add(planner.facts.root_is_rootfs ? Op::move_root : Op::pivot_root);
  return {};
}

Result<void> plan_root(Planner& planner) {
  Plan& plan = planner.plan;
  plan.stage = planner.record;
  if (!plan.staged) {
    planner.add(Op::private_mounts);
    TRY(plan_names_place(planner));
    plan_notify_place(planner);
    TRY(plan_root_mount(planner));
  }
  planner.add(Op::enter_root).target = plan.stage;
  if (plan.staged) TRY(plan_names_place(planner));
  if (plan.user_namespace && !plan.single_map) planner.add(Op::become_root);
  TRY(plan_kernel_mounts(planner));
  TRY(plan_volumes(planner));
  plan_name_files(planner, Side::inside);
  if (!planner.spec.manifest.empty()) {
    if (!may_create(planner))
      return fail(EROFS, "write the manifest"_p, planner.spec.manifest, "it needs an upper layer, or rootfs"_p);
    planner.add(Op::write_manifest).target = planner.spec.manifest;
  }
  TRY(plan_kernel_settings(planner));
  TRY(plan_change_of_root(planner));
  const bool read_only =
      planner.spec.read_only || (planner.spec.upper == UpperKind::none && planner.spec.rootfs.empty());
  if (read_only) planner.add(Op::protect_root);
  plan_delegation(planner);
  return {};
}

}  // namespace microctr

// The container's file system: its root, what is mounted in it, and how it becomes "/".
//
// Everything is mounted before the root is changed, below a descriptor of the new root, and on descriptors only.

#include <algorithm>

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

Result<CString> layer_path(Planner& planner, const Layer& layer) {
  if (!layer.in_store) return layer.name;
  return planner.arena.join({planner.facts.places.data, "/layers/", layer.name});
}

bool is_left_out(const Planner& planner, std::size_t index) {
  return (planner.facts.missing_layers >> index & 1) != 0;
}

// The layers that are there, counted; `only` becomes the last of them.
std::size_t count_layers(const Planner& planner, std::size_t& only) {
  std::size_t count = 0;
  for (std::size_t index = 0; index < planner.spec.layers.size(); ++index) {
    if (is_left_out(planner, index)) continue;
    ++count;
    only = index;
  }
  return count;
}

// The data directory of this container: persistent upper and named volumes.
Result<CString> data_path(Planner& planner, std::string_view below) {
  return planner.arena.join({planner.facts.places.data, "/containers/", planner.spec.name, "/", below});
}

// overlayfs splits its options at ',' and ':' unless they are escaped.
void add_escaped(TextWriter& options, std::string_view path) {
  for (const char character : path) {
    if (character == '\\' || character == ':' || character == ',') options.add('\\');
    options.add(character);
  }
}

Result<CString> overlay_options(Planner& planner) {
  char storage[limits::mount_data + 1];
  TextWriter options(storage);
  options.add("lowerdir=");
  const auto& layers = planner.spec.layers;
  const std::size_t before = options.size();
  for (std::size_t index = layers.size(); index-- > 0;) {  // the kernel lists the top first
    if (is_left_out(planner, index)) continue;
    if (options.size() != before) options.add(':');
    add_escaped(options, TRY(layer_path(planner, layers[index])));
  }
  if (planner.spec.upper != UpperKind::none) options.add(",upperdir=upper,workdir=work");
  if (planner.plan.user_namespace) options.add(",userxattr");
  if (options.overflowed()) {
    return Error{E2BIG, "mount the overlay: the paths of the layers are too long together (limit 4095 bytes)"};
  }
  return planner.arena.copy(options.view());
}

Result<void> plan_upper(Planner& planner) {
  const Spec& spec = planner.spec;
  switch (spec.upper) {
    case UpperKind::none: return {};
    case UpperKind::tmpfs: {
      const auto memory = spec.resources.memory.value;
      const std::uint64_t size = spec.upper_size.value_or(memory ? *memory / 4 : default_upper_size);
      TextBuffer<64> options("mode=755,size=", size);
      TRY(planner.add({.op = Op::stage_tmpfs,
                       .target = planner.plan.stage,
                       .options = TRY(planner.arena.copy(options.view())),
                       .flags = no_privilege}));
      break;
    }
    case UpperKind::persistent:
      TRY(planner.add({.op = Op::stage_directory, .source = TRY(data_path(planner, "root"))}));
      break;
    case UpperKind::path:
      TRY(planner.add({.op = Op::stage_directory, .source = spec.upper_path}));
      break;
  }
  return planner.add({.op = Op::make_upper});
}

Result<void> plan_root_mount(Planner& planner) {
  const Spec& spec = planner.spec;
  const CString stage = planner.plan.stage;
  if (!spec.rootfs.empty()) {
    return planner.add({.op = Op::bind_root, .source = spec.rootfs, .target = stage, .flags = MS_REC});
  }
  std::size_t last = 0;
  const std::size_t count = count_layers(planner, last);
  if (count == 0) return Error{ENOENT, "find a layer: none of the optional ones exists"};
  if (spec.upper == UpperKind::none && count == 1) {  // an overlay without upper needs two layers
    const CString only = TRY(layer_path(planner, spec.layers[last]));
    // Read-only from the first moment: no later step may write into a layer.
    return planner.add({.op = Op::bind_root, .source = only, .target = stage, .flags = MS_RDONLY});
  }
  TRY(plan_upper(planner));
  return planner.add({.op = Op::mount_overlay, .target = stage, .options = TRY(overlay_options(planner))});
}

// What cannot be mounted anew, because its namespace is the host's and we are in a user namespace, is bound.
Result<void> mount_or_bind(Planner& planner, bool own_namespace, const Step& mount) {
  if (own_namespace || !planner.plan.user_namespace) return planner.add(mount);
  return planner.add({.op = Op::bind,
                      .optional = mount.optional,
                      .source = mount.target,
                      .target = mount.target,
                      .flags = MS_REC | (mount.flags & ~static_cast<std::uint64_t>(MS_STRICTATIME))});
}

Result<void> plan_devices(Planner& planner) {
  const std::uint64_t on_dev = mount_refuse_symlink;
  TRY(planner.add({.op = Op::mount,
                   .target = "/dev",
                   .type = "tmpfs",
                   .options = "mode=755,size=64k",
                   .flags = MS_NOSUID | MS_NOEXEC | mount_refuse_symlink | create_flag(planner)}));
  TRY(planner.add({.op = Op::make_devices, .target = "/dev", .flags = planner.plan.user_namespace ? 1U : 0U}));
  TRY(planner.add({.op = Op::make_links, .target = "/dev"}));
  const bool single_map = planner.plan.user_namespace;  // group 5 (tty) does not exist there
  TRY(planner.add({.op = Op::mount,
                   .target = "/dev/pts",
                   .type = "devpts",
                   .options = single_map ? CString("newinstance,ptmxmode=0666,mode=620")
                                         : CString("newinstance,ptmxmode=0666,mode=620,gid=5"),
                   .flags = MS_NOSUID | MS_NOEXEC | on_dev}));
  TRY(planner.add({.op = Op::mount,
                   .target = "/dev/shm",
                   .type = "tmpfs",
                   .options = "mode=1777,size=64m",
                   .flags = no_privilege | MS_NOEXEC | on_dev}));
  const bool own_ipc = planner.spec.namespaces.ipc;
  return mount_or_bind(planner, own_ipc,
                       {.op = Op::mount,
                        .optional = true,  // CONFIG_POSIX_MQUEUE is often left out of small kernels
                        .target = "/dev/mqueue",
                        .type = "mqueue",
                        .flags = no_privilege | MS_NOEXEC | on_dev});
}

Result<void> plan_kernel_mounts(Planner& planner) {
  const Spec& spec = planner.spec;
  const std::uint64_t safe = no_privilege | MS_NOEXEC | mount_refuse_symlink | create_flag(planner);
  TRY(mount_or_bind(planner, spec.namespaces.pid,
                    {.op = Op::mount, .target = "/proc", .type = "proc", .flags = safe}));
  TRY(plan_devices(planner));
  const bool own_network = spec.namespaces.network && spec.network.mode != NetworkMode::host;
  TRY(mount_or_bind(planner, own_network,
                    {.op = Op::mount, .target = "/sys", .type = "sysfs", .flags = safe | MS_RDONLY}));
  TRY(plan_cgroup_mounts(planner));
  if (own_network) TRY(planner.add({.op = Op::allow_ping}));
  return {};
}

Result<void> plan_volumes(Planner& planner) {
  for (const TmpfsMount& tmpfs : planner.spec.tmpfs) {
    TextBuffer<64> options("mode=", Octal{tmpfs.mode}, ",size=", tmpfs.size);
    TRY(planner.add({.op = Op::mount,
                     .target = tmpfs.target,
                     .type = "tmpfs",
                     .options = TRY(planner.arena.copy(options.view())),
                     .flags = no_privilege | create_flag(planner)}));
  }
  for (const Volume& volume : planner.spec.volumes) {
    CString source = volume.source;
    if (volume.named) {
      TextBuffer<limits::path> below("volumes/", volume.source);
      source = TRY(data_path(planner, below.view()));
    }
    const std::uint64_t flags = no_privilege | MS_REC | create_flag(planner) |
                                (volume.read_only ? static_cast<std::uint64_t>(MS_RDONLY) : 0) |
                                (volume.no_exec ? static_cast<std::uint64_t>(MS_NOEXEC) : 0);
    TRY(planner.add(
        {.op = Op::bind, .optional = volume.optional, .source = source, .target = volume.target, .flags = flags}));
  }
  return {};
}

}  // namespace

Result<void> plan_layers(Planner& planner) {
  const Spec& spec = planner.spec;
  for (std::size_t index = 0; index < spec.layers.size(); ++index) {
    const Layer& layer = spec.layers[index];
    if (is_left_out(planner, index)) continue;
    const CString path = TRY(layer_path(planner, layer));
    if (layer.in_store && layer.name == "busybox") {
      TRY(planner.add({.op = Op::build_busybox, .side = Side::host, .target = path}));
    } else {
      TRY(planner.add({.op = Op::check_layer, .side = Side::host, .source = path}));
    }
  }
  if (!spec.rootfs.empty() && spec.namespaces.mount) {
    TRY(planner.add({.op = Op::check_layer, .side = Side::host, .source = spec.rootfs}));
  }
  if (spec.upper == UpperKind::persistent && spec.rootfs.empty()) {
    TRY(planner.add({.op = Op::make_directory,
                     .side = Side::host,
                     .target = TRY(data_path(planner, "root")),
                     .mode = 0700}));
  }
  if (spec.upper == UpperKind::path) {
    TRY(planner.add({.op = Op::make_directory, .side = Side::host, .target = spec.upper_path, .mode = 0700}));
  }
  for (const Volume& volume : spec.volumes) {
    if (!volume.named) continue;
    TextBuffer<limits::path> below("volumes/", volume.source);
    TRY(planner.add({.op = Op::make_directory,
                     .side = Side::host,
                     .target = TRY(data_path(planner, below.view())),
                     .mode = 0755}));
  }
  return {};
}

Result<void> plan_root(Planner& planner) {
  planner.plan.stage = planner.record;
  TRY(planner.add({.op = Op::private_mounts}));
  TRY(plan_root_mount(planner));
  TRY(planner.add({.op = Op::enter_root, .target = planner.plan.stage}));
  TRY(plan_kernel_mounts(planner));
  TRY(plan_volumes(planner));
  if (!planner.spec.manifest.empty()) {
    if (!may_create(planner)) return Error{EROFS, "write the manifest", planner.spec.manifest, "it needs an upper layer, or rootfs"};
    TRY(planner.add({.op = Op::write_manifest, .target = planner.spec.manifest}));
  }
  TRY(planner.add({.op = planner.facts.root_is_rootfs ? Op::move_root : Op::pivot_root}));
  const bool read_only = planner.spec.read_only || (planner.spec.upper == UpperKind::none && planner.spec.rootfs.empty());
  if (read_only) TRY(planner.add({.op = Op::protect_root}));
  if (planner.spec.resources.delegate) {
    const bool hybrid = std::any_of(planner.plan.steps.begin(), planner.plan.steps.end(), [](const Step& step) {
      return step.op == Op::mount && step.target == "/sys/fs/cgroup/unified";
    });
    TRY(planner.add(
        {.op = Op::delegate_cgroup, .target = hybrid ? CString("/sys/fs/cgroup/unified") : CString("/sys/fs/cgroup")}));
  }
  return {};
}

}  // namespace microctr

// What to do about an error of the kernel, by step: the part of a message that saves the operator a search.

#include <cerrno>

#include "launcher/plan/explain.h"

namespace microctr {

namespace {

// HINT(op, errno, text); the first that fits is given. The conditions of hint_for come before it.
// clang-format off
#define MICROCTR_HINTS(HINT) \
  HINT(check_layer, ENOENT, "the layer does not exist") \
  HINT(check_layer, ENOTDIR, "a layer is a directory") \
  HINT(build_busybox, ENOENT, "install a static busybox, or build the layer: microctr lower DIR") \
  HINT(make_directory, ENOSPC, "the disk is full") \
  HINT(enable_controllers, EBUSY, \
       "processes live in this cgroup itself (cgroup v2 forbids that): move them to a child") \
  HINT(enable_controllers, ENOENT, "the kernel does not offer this controller here") \
  HINT(make_cgroup, EBUSY, "it is in use by other processes: choose another with cgroup = PATH") \
  HINT(make_cgroup, EROFS, "the cgroup file system is not writable here") \
  HINT(make_cgroup, EACCES, "the cgroup file system is not writable here") \
  HINT(write_cgroup, ENOENT, "this kernel has no such limit; go on without it: KEY.required = no") \
  HINT(write_cgroup, EINVAL, "the kernel does not take this value") \
  HINT(write_cgroup, ERANGE, "the kernel does not take this value") \
  HINT(seal_program, EACCES, "the sysctl vm.memfd_noexec is 2 and forbids programs in memory: set it to 1 or 0") \
  HINT(seal_program, ENOSYS, "the kernel lacks memfd_create: CONFIG_MEMFD_CREATE") \
  HINT(clone, ENOSPC, "a limit in /proc/sys/user/max_*_namespaces is reached") \
  HINT(clone, EPERM, \
       "no privilege, and the kernel does not let this user make a user namespace: run as root, or allow it " \
       "(kernel.unprivileged_userns_clone, kernel.apparmor_restrict_unprivileged_userns)") \
  HINT(clone, EINVAL, "the kernel lacks one of the namespaces: CONFIG_NAMESPACES, CONFIG_USER_NS") \
  HINT(clone, EAGAIN, "too many processes: see pids limits and ulimit -u") \
  HINT(clone, EBUSY, "the cgroup has children that take its controllers") \
  HINT(map_ids, EPERM, "the kernel does not let this user map ids") \
  HINT(map_ids, EINVAL, "the kernel does not take these maps: see user_namespaces(7)") \
  HINT(map_tree, EINVAL, "a file system there, or one that is mounted below it, cannot map ids: userns = host") \
  HINT(map_tree, EPERM, "its ids are mapped already, which cannot be done twice: userns = host") \
  HINT(map_tree, ENOENT, "the source does not exist (write -SOURCE if it may be missing)") \
  HINT(set_limits, EPERM, "a higher hard limit needs root, and nofile ends at /proc/sys/fs/nr_open") \
  HINT(set_limits, EINVAL, "the soft limit must not be above the hard one") \
  HINT(set_oom_score, EACCES, "a lower score needs root") \
  HINT(set_oom_score, EPERM, "a lower score needs root") \
  HINT(shift_clocks, EINVAL, "the kernel lacks time namespaces (CONFIG_TIME_NS): remove time_offset") \
  HINT(shift_clocks, ERANGE, "a clock would be before 0 or too far in the future") \
  HINT(set_label, ENOENT, "it is not loaded: apparmor_parser -r FILE, or load the policy that has it") \
  HINT(set_label, EINVAL, "the policy that is loaded does not have this label") \
  HINT(set_label, EACCES, "the policy does not allow this change of label") \
  HINT(write_sysctl, ENOENT, "the kernel has no such setting, or its module is not loaded") \
  HINT(write_sysctl, EINVAL, "the kernel does not take this value") \
  HINT(write_sysctl, EACCES, \
       "not the container's to change: before Linux 5.19 only the host's root changes kernel.* and fs.*, and " \
       "some are never writable") \
  HINT(write_sysctl, EPERM, \
       "not the container's to change: before Linux 5.19 only the host's root changes kernel.* and fs.*") \
  HINT(make_upper, ENOSPC, "the disk is full") \
  HINT(mount_overlay, ENODEV, \
       "the kernel lacks overlayfs: load the module overlay (CONFIG_OVERLAY_FS), or use rootfs") \
  HINT(mount_overlay, EPERM, "overlay in a user namespace needs Linux 5.11: use rootfs, or run as root") \
  HINT(mount_overlay, EINVAL, \
       "an overlay cannot have this upper layer (it needs d_type and xattr: use upper = tmpfs), or lies on an overlay " \
       "on an overlay: in a container have the data directory on a volume or tmpfs = /var/lib/microctr") \
  HINT(mount_overlay, ELOOP, "a layer lies in the upper layer, or layers are nested") \
  HINT(mount_overlay, EBUSY, "the upper directory is in use by another container") \
  HINT(mount_overlay, ENOENT, "a layer has vanished") \
  HINT(stage_tmpfs, ENODEV, "the kernel lacks this file system: load its module or build it in") \
  HINT(mount, ENODEV, "the kernel lacks this file system: load its module or build it in") \
  HINT(mount, ELOOP, "a layer has a symbolic link where a mount point belongs") \
  HINT(mount, ENOENT, "the mount point does not exist and the root may not be changed") \
  HINT(bind, ENOENT, \
       "the source does not exist (write -SOURCE if it may be missing), or its place in a read-only root") \
  HINT(bind, ELOOP, "the mount point is a symbolic link") \
  HINT(bind, ENOTDIR, "source and mount point are not of one kind: file and directory") \
  HINT(bind, EISDIR, "source and mount point are not of one kind: file and directory") \
  HINT(open_terminal, ENOSPC, "no terminal is left: see /proc/sys/kernel/pty/max") \
  HINT(open_terminal, ENODEV, "the kernel has no pseudo-terminals: CONFIG_UNIX98_PTYS") \
  HINT(filter_calls, EINVAL, "the kernel has no system call filters (CONFIG_SECCOMP_FILTER): seccomp = off") \
  HINT(prepare_seccomp, ENOENT, "the policy file does not exist: seccomp = default, off or FILE") \
  HINT(write_manifest, ENOSPC, "the disk is full") \
  HINT(write_names, ENOSPC, "the upper layer is full") \
  HINT(write_names, EFBIG, "a file of names has at most 65536 bytes") \
  HINT(set_identity, ENOENT, "the container's /etc/passwd or /etc/group has no such name: use a number") \
  HINT(set_identity, EINVAL, \
       "a user namespace with the single root map has no other user: run as root, or remove user") \
  HINT(set_directory, ENOENT, "make it in a layer or volume, or change workdir") \
  HINT(execute, ENOENT, "not found in the container") \
  HINT(execute, EACCES, "it is not an executable file, or is on a noexec mount") \
  HINT(execute, ENOEXEC, \
       "not a program for this machine, a script without #! line, or its interpreter or loader is missing")
// clang-format on

#define MICROCTR_HINT_TEXT(op, code, text) text "\0"
constexpr char plain_texts[] = MICROCTR_HINTS(MICROCTR_HINT_TEXT);
#undef MICROCTR_HINT_TEXT
constexpr auto texts = phrase::pack_table<plain_texts, 1, 0>();

struct When {
  Op op;
  std::uint8_t code;
};
#define MICROCTR_HINT_WHEN(op, code, text) {Op::op, code},
constexpr When whens[] = {MICROCTR_HINTS(MICROCTR_HINT_WHEN)};
#undef MICROCTR_HINT_WHEN

}  // namespace

Phrase hint_for(const Step& step, int code) {
  if (step.op == Op::check_layer && code == ENOENT && step.source.view().find("/layers/") != std::string_view::npos)
    return "see what the layer store has, or give a path that begins with /"_p;
  if ((step.op == Op::bind || step.op == Op::map_tree) && code == ENOTDIR && (step.flags & mount_own_source) != 0)
    return "a named volume is a directory, and something else has its place: remove that"_p;
  if (step.op == Op::mount && code == EPERM && (step.type == "proc" || step.type == "sysfs"))
    return "the host's is partly covered or read-only: the kernel then forbids a new one in a user namespace, and a "
           "container needs nesting = yes to have others inside"_p;
  for (std::size_t index = 0; index < sizeof whens / sizeof whens[0]; ++index) {
    if (whens[index].op == step.op && whens[index].code == code) return Phrase::nth(texts.data(), index);
  }
  if (step.op == Op::mount_overlay && contains(step.options.view(), '\\'))
    return "check layers with ':' or ',' in their path"_p;
  return {};
}

}  // namespace microctr

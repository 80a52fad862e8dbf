// What to do about an error of the kernel, by step: the part of a message that saves the operator a search.

#include <sched.h>

#include <cerrno>

#include "launcher/plan/explain.h"

namespace microctr {

namespace {

Phrase hint_for_mount(const Step& step, int code) {
  if (code == ENODEV) return "the kernel lacks this file system: load its module or build it in"_p;
  if (code == ELOOP) return "a layer has a symbolic link where a mount point belongs"_p;
  if (code == ENOENT) return "the mount point does not exist and the root may not be changed"_p;
  if (code == EPERM && step.type == "proc") {
    return "the host's /proc is partly covered: the kernel then forbids a new one in a user namespace"_p;
  }
  return "";
}

Phrase hint_for_clone(int code) {
  switch (code) {
    case ENOSPC: return "a limit in /proc/sys/user/max_*_namespaces is reached"_p;
    case EPERM:
      return "no privilege, and the kernel does not let this user make a user namespace: run as root, or allow "
             "it (kernel.unprivileged_userns_clone, kernel.apparmor_restrict_unprivileged_userns)"_p;
    case EINVAL: return "the kernel lacks one of the namespaces: CONFIG_NAMESPACES, CONFIG_USER_NS"_p;
    case EAGAIN: return "too many processes: see pids limits and ulimit -u"_p;
    case EBUSY: return "the cgroup has children that take its controllers"_p;
    default: return "";
  }
}

Phrase hint_for_overlay(const Step& step, int code) {
  switch (code) {
    case ENODEV: return "the kernel lacks overlayfs: load the module overlay (CONFIG_OVERLAY_FS), or use rootfs"_p;
    case EPERM: return "overlay in a user namespace needs Linux 5.11: use rootfs, or run as root"_p;
    case EINVAL:
      return "the upper layer's file system cannot carry an overlay (it needs d_type and xattr): use upper = tmpfs"_p;
    case ELOOP: return "a layer lies in the upper layer, or layers are nested"_p;
    case EBUSY: return "the upper directory is in use by another container"_p;
    case ENOENT: return "a layer has vanished"_p;
    default:
      return contains(step.options.view(), '\\') ? Phrase("check layers with ':' or ',' in their path"_p) : Phrase();
  }
}

Phrase hint_for_execute(int code) {
  switch (code) {
    case ENOENT: return "not found in the container"_p;
    case EACCES: return "it is not an executable file, or is on a noexec mount"_p;
    case ENOEXEC:
      return "not a program for this machine, a script without #! line, or its interpreter or loader is missing"_p;
    default: return "";
  }
}

}  // namespace

Phrase hint_for(const Step& step, int code) {
  switch (step.op) {
    case Op::check_layer:
      if (code == ENOENT)
        return step.source.view().find("/layers/") != std::string_view::npos
                   ? Phrase("see what the layer store has, or give a path that begins with /"_p)
                   : Phrase("the layer does not exist"_p);
      if (code == ENOTDIR) return "a layer is a directory"_p;
      return "";
    case Op::build_busybox:
      return code == ENOENT ? Phrase("install a static busybox, or build the layer: microctr lower DIR"_p) : Phrase();
    case Op::enable_controllers:
      if (code == EBUSY) return "processes live in this cgroup itself (cgroup v2 forbids that): move them to a child"_p;
      if (code == ENOENT) return "the kernel does not offer this controller here"_p;
      return "";
    case Op::make_cgroup:
      if (code == EBUSY) return "it is in use by other processes: choose another with cgroup = PATH"_p;
      if (code == EROFS || code == EACCES) return "the cgroup file system is not writable here"_p;
      return "";
    case Op::write_cgroup:
      if (code == ENOENT) return "this kernel has no such limit; go on without it: KEY.required = no"_p;
      if (code == EINVAL || code == ERANGE) return "the kernel does not take this value"_p;
      return "";
    case Op::clone: return hint_for_clone(code);
    case Op::mount_overlay: return hint_for_overlay(step, code);
    case Op::stage_tmpfs:
    case Op::mount: return hint_for_mount(step, code);
    case Op::bind:
      if (code == ENOENT)
        return "the source does not exist (write -SOURCE if it may be missing), or its place in a read-only root"_p;
      if (code == ELOOP) return "the mount point is a symbolic link"_p;
      if (code == ENOTDIR || code == EISDIR) return "source and mount point are not of one kind: file and directory"_p;
      return "";
    case Op::set_directory:
      return code == ENOENT ? Phrase("make it in a layer or volume, or change workdir"_p) : Phrase();
    case Op::set_identity:
      if (code == ENOENT) return "the container's /etc/passwd or /etc/group has no such name: use a number"_p;
      if (code == EINVAL)
        return "a user namespace with the single root map has no other user: run as root, or remove user"_p;
      return "";
    case Op::create_veth:
      if (code == EEXIST) return "a link with this name exists already"_p;
      if (code == EOPNOTSUPP) return "the kernel lacks veth: load the module veth (CONFIG_VETH)"_p;
      return "";
    case Op::map_ids: return code == EPERM ? Phrase("the kernel does not let this user map ids"_p) : Phrase();
    case Op::execute: return hint_for_execute(code);
    case Op::make_directory:
    case Op::make_upper:
    case Op::write_manifest: return code == ENOSPC ? Phrase("the disk is full"_p) : Phrase();
    case Op::read_environment:
    case Op::copy_cgroup:
    case Op::leave_out:
    case Op::join_cgroup:
    case Op::unshare_cgroup:
    case Op::set_hostname:
    case Op::set_domainname:
    case Op::private_mounts:
    case Op::configure_network:
    case Op::stage_directory:
    case Op::bind_root:
    case Op::enter_root:
    case Op::make_devices:
    case Op::make_links:
    case Op::allow_ping:
    case Op::delegate_cgroup:
    case Op::pivot_root:
    case Op::move_root:
    case Op::protect_root:
    case Op::new_session:
    case Op::drop_bounding:
    case Op::set_capabilities:
    case Op::forbid_privileges:
    case Op::set_umask: return "";
  }
  return "";
}

}  // namespace microctr

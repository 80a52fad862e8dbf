// What to do about an error of the kernel, by step: the part of a message that saves the operator a search.

#include <sched.h>

#include <cerrno>

#include "launcher/plan/explain.h"

namespace microctr {

namespace {

Literal hint_for_mount(const Step& step, int code) {
  if (code == ENODEV) return "the kernel lacks this file system: load its module or build it in";
  if (code == ELOOP) return "a layer has a symbolic link where a mount point belongs";
  if (code == ENOENT) return "the mount point does not exist and the root may not be changed";
  if (code == EPERM && step.type == "proc") {
    return "the host's /proc is partly covered: the kernel then forbids a new one in a user namespace";
  }
  return "";
}

Literal hint_for_clone(int code) {
  switch (code) {
    case ENOSPC: return "a limit in /proc/sys/user/max_*_namespaces is reached";
    case EPERM:
      return "no privilege, and the kernel does not let this user make a user namespace: run as root, or allow "
             "it (kernel.unprivileged_userns_clone, kernel.apparmor_restrict_unprivileged_userns)";
    case EINVAL: return "the kernel lacks one of the namespaces: CONFIG_NAMESPACES, CONFIG_USER_NS";
    case EAGAIN: return "too many processes: see pids limits and ulimit -u";
    case EBUSY: return "the cgroup has children that take its controllers";
    default: return "";
  }
}

Literal hint_for_overlay(const Step& step, int code) {
  switch (code) {
    case ENODEV: return "the kernel lacks overlayfs: load the module overlay (CONFIG_OVERLAY_FS), or use rootfs";
    case EPERM: return "overlay in a user namespace needs Linux 5.11: use rootfs, or run as root";
    case EINVAL:
      return "the upper layer's file system cannot carry an overlay (it needs d_type and xattr): use upper = tmpfs";
    case ELOOP: return "a layer lies in the upper layer, or layers are nested";
    case EBUSY: return "the upper directory is in use by another container";
    case ENOENT: return "a layer has vanished";
    default:
      return step.options.view().find("\\") != std::string_view::npos
                 ? Literal("check layers with ':' or ',' in their path")
                 : Literal();
  }
}

Literal hint_for_execute(int code) {
  switch (code) {
    case ENOENT: return "not found in the container";
    case EACCES: return "it is not an executable file, or is on a noexec mount";
    case ENOEXEC:
      return "not a program for this machine, a script without #! line, or its interpreter or loader is missing";
    default: return "";
  }
}

}  // namespace

Literal hint_for(const Step& step, int code) {
  switch (step.op) {
    case Op::check_layer:
      if (code == ENOENT)
        return step.source.view().find("/layers/") != std::string_view::npos
                   ? Literal("see what the layer store has, or give a path that begins with /")
                   : Literal("the layer does not exist");
      if (code == ENOTDIR) return "a layer is a directory";
      return "";
    case Op::build_busybox:
      return code == ENOENT ? Literal("install a static busybox, or build the layer: microctr lower DIR") : Literal();
    case Op::enable_controllers:
      if (code == EBUSY) return "processes live in this cgroup itself (cgroup v2 forbids that): move them to a child";
      if (code == ENOENT) return "the kernel does not offer this controller here";
      return "";
    case Op::make_cgroup:
      if (code == EBUSY) return "it is in use by other processes: choose another with cgroup = PATH";
      if (code == EROFS || code == EACCES) return "the cgroup file system is not writable here";
      return "";
    case Op::write_cgroup:
      if (code == ENOENT) return "this kernel has no such limit; go on without it: KEY.required = no";
      if (code == EINVAL || code == ERANGE) return "the kernel does not take this value";
      return "";
    case Op::clone: return hint_for_clone(code);
    case Op::mount_overlay: return hint_for_overlay(step, code);
    case Op::stage_tmpfs:
    case Op::mount: return hint_for_mount(step, code);
    case Op::bind:
      if (code == ENOENT)
        return "the source does not exist (write -SOURCE if it may be missing), or its place in a read-only root";
      if (code == ELOOP) return "the mount point is a symbolic link";
      if (code == ENOTDIR || code == EISDIR) return "source and mount point are not of one kind: file and directory";
      return "";
    case Op::set_directory:
      return code == ENOENT ? Literal("make it in a layer or volume, or change workdir") : Literal();
    case Op::set_identity:
      if (code == ENOENT) return "the container's /etc/passwd or /etc/group has no such name: use a number";
      if (code == EINVAL)
        return "a user namespace with the single root map has no other user: run as root, or remove user";
      return "";
    case Op::create_veth:
      if (code == EEXIST) return "a link with this name exists already";
      if (code == EOPNOTSUPP) return "the kernel lacks veth: load the module veth (CONFIG_VETH)";
      return "";
    case Op::map_ids: return code == EPERM ? Literal("the kernel does not let this user map ids") : Literal();
    case Op::execute: return hint_for_execute(code);
    case Op::make_directory:
    case Op::make_upper:
    case Op::write_manifest: return code == ENOSPC ? Literal("the disk is full") : Literal();
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

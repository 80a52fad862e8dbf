// The container's root: put together on the stage, which is the record directory, covered in our own mount namespace
// only, and then made "/".

#include <fcntl.h>
#include <sys/mount.h>

#include "launcher/base/clock_text.h"
#include "launcher/base/file.h"
#include "launcher/base/resolve.h"
#include "launcher/base/sys.h"
#include "launcher/container/inside.h"

namespace microctr {

Result<void> stage_tmpfs(const Step& step) {
  TRY(sys::mount("tmpfs", step.target, "tmpfs", step.flags & mount_flags, step.options));
  return sys::change_directory(step.target);
}

Result<void> make_upper() {
  for (const CString name : {CString("upper"), CString("work")}) {
    const auto made = sys::make_directory(sys::working_directory, name, 0755);
    if (!made && made.error().code != EEXIST) return made;
  }
  return {};
}

Result<void> mount_overlay(const Step& step) {
  return sys::mount("overlay", step.target, "overlay", step.flags, step.options);
}

Result<void> bind_root(const Step& step) {
  const Fd source = TRY(sys::open(step.source, O_PATH | O_DIRECTORY));
  const Fd stage = TRY(sys::open(step.target, O_PATH | O_DIRECTORY));
  return attach_copy(source.get(), stage.get(), step.flags);
}

Result<void> enter_root(Inside& inside, const Step& step) {
  TRY(sys::change_directory(step.target));
  if (!inside.plan.staged) {
    inside.root = TRY(sys::open(".", O_PATH | O_DIRECTORY));
    return {};
  }
  inside.stage = TRY(sys::open(".", O_PATH | O_DIRECTORY));
  inside.root = TRY(sys::open(staged_root, O_PATH | O_DIRECTORY | O_NOFOLLOW));
  return {};
}

// The new root is stacked on the old one and the old one is detached from below it, so that no directory is needed
// for it and none is left (pivot_root(2), "pivot_root(".", ".")").
Result<void> pivot_into_root(Inside& inside) {
  TRY(sys::change_directory(inside.root.get()));
  TRY(sys::pivot_root_here());
  TRY(sys::unmount(".", MNT_DETACH));
  return sys::change_directory("/");
}

// On an initramfs the kernel has no root to go back to and pivot_root refuses. The new root is moved over "/"
// instead: ".." then ends there also for a process that has escaped a chroot. What the host mounted is taken away
// first, so that nothing of it could be reached even so.
Result<void> move_into_root(Inside& inside) {
  TRY(sys::change_directory(inside.root.get()));
  for (const CString host : {CString("/proc"), CString("/sys"), CString("/dev")}) {
    const auto gone = sys::unmount(host, MNT_DETACH);
    if (gone || gone.error().code == ENOENT) continue;
    if (gone.error().code == EINVAL && !inside.plan.user_namespace) continue;  // it is no mount
    // One that came with the user namespace is locked, which is EINVAL as well (mount_namespaces(7)): cover it.
    TRY(sys::mount("tmpfs", host, "tmpfs", MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, "size=4k"));
  }
  TRY(sys::mount(".", "/", "", MS_MOVE, ""));
  TRY(sys::change_root("."));
  return sys::change_directory("/");
}

Result<void> protect_root() {
  const Fd root = TRY(sys::open("/", O_PATH | O_DIRECTORY));
  const auto set = sys::set_mount_attributes(root.get(), MS_RDONLY, false);
  if (set || set.error().code != ENOSYS) return set;
  // Linux before 5.12, which takes away what is not named again.
  return sys::mount("none", "/", "", MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NODEV, "");
}

Result<void> write_manifest(Inside& inside, const Step& step) {
  const std::size_t slash = last_position(step.target.view(), '/');
  TextBuffer<limits::path> directory_path(leading(step.target.view(), slash + 1));
  const Fd directory = TRY(open_mount_point(inside.root.get(), directory_path.text(), MountPoint::directory,
                                            Symlinks::follow, Missing::create));
  const Spec& spec = *inside.plan.spec;
  TextBuffer<limits::path * 2> text("name = ", spec.name, "\ncreated = ");
  format_time(sys::wall_time(), text);
  text.add("\ncreator_uid = ", inside.context.facts.user, "\ncreator_pid = ", inside.context.creator, "\n");
  if (!inside.plan.cgroup.empty()) text.add("cgroup = ", inside.plan.cgroup, "\n");
  for (const Layer& layer : spec.layers) text.add("layer = ", layer.name, "\n");
  if (!spec.rootfs.empty()) text.add("rootfs = ", spec.rootfs, "\n");
  return replace_node(directory.get(), step.target.from(slash + 1), ".microctr-manifest", text.view(), 0444);
}

}  // namespace microctr

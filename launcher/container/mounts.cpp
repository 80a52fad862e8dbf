// Mounting inside the new root, always onto a descriptor that the resolver returned, never onto a path that could
// change in between.

#include <fcntl.h>
#include <sys/mount.h>

#include "launcher/base/resolve.h"
#include "launcher/base/sys.h"
#include "launcher/base/text.h"
#include "launcher/container/inside.h"

namespace microctr {

namespace {

constexpr unsigned copy_tree = 1;                                                   // OPEN_TREE_CLONE
constexpr unsigned with_submounts = 0x8000;                                         // AT_RECURSIVE
constexpr std::uint64_t attributes = MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC;  // the same bits as MOUNT_ATTR_*

Result<Fd> open_target(const Inside& inside, const Step& step, MountPoint kind) {
  const Symlinks symlinks = (step.flags & mount_refuse_symlink) != 0 ? Symlinks::refuse : Symlinks::follow;
  const Missing missing = (step.flags & mount_create_target) != 0 ? Missing::create : Missing::refuse;
  return open_mount_point(inside.root.get(), step.target, kind, symlinks, missing);
}

// Linux before 5.12 has no mount_setattr: a bind remount changes one mount, so the copy has no submounts that could
// stay writable.
Result<void> attach_and_remount(int source, int target, std::uint64_t flags) {
  const Fd tree = TRY(sys::open_tree(source, "", copy_tree | O_CLOEXEC | AT_EMPTY_PATH));
  TRY(sys::move_mount(tree.get(), target));
  flags |= TRY(sys::mount_flags(source));             // a remount sets them all
  TextBuffer<64> path("/proc/self/fd/", tree.get());  // the mount itself; a target descriptor is below it
  return sys::mount("none", path.text(), "", MS_REMOUNT | MS_BIND | (flags & attributes), "");
}

}  // namespace

Result<void> attach_copy(int source, int target, std::uint64_t flags) {
  const bool recursive = (flags & MS_REC) != 0;
  const unsigned all = recursive ? with_submounts : 0U;
  {
    const Fd tree = TRY(sys::open_tree(source, "", copy_tree | O_CLOEXEC | AT_EMPTY_PATH | all));
    if ((flags & attributes) == 0) return sys::move_mount(tree.get(), target);
    const auto set = sys::set_mount_attributes(tree.get(), flags & attributes, recursive);
    if (set) return sys::move_mount(tree.get(), target);
    if (set.error().code != ENOSYS) return set;
  }
  return attach_and_remount(source, target, flags);
}

// The working directory becomes where `step` mounts, whose name there is returned. What the configuration asks for
// makes its target; all else in our own /dev is mounted while nobody but us has made a name there.
static Result<CString> approach(Inside& inside, const Step& step) {
  constexpr Literal dev = "/dev/";
  const bool ours = (step.flags & mount_create_target) == 0;
  const bool below =
      step.target.view().starts_with(dev.view()) && !contains(after(step.target, dev.view().size()), '/');
  const bool in_dev = ours && below && inside.dev;
  if (in_dev && !inside.in_dev) TRY(sys::change_directory(inside.dev.get()));
  inside.in_dev = in_dev;
  if (in_dev) return step.target.from(dev.view().size());
  const Fd target = TRY(open_target(inside, step, MountPoint::directory));
  TRY(sys::change_directory(target.get()));
  return CString(".");
}

Result<void> mount_inside(Inside& inside, const Step& step) {
  const CString place = TRY(approach(inside, step));
  const auto mounted = sys::mount(step.type, place, step.type, step.flags & mount_flags, step.options);
  if (!mounted && mounted.error().code == ENODEV && step.optional) return {};
  return mounted;
}

Result<Fd> open_source(const Step& step) {
  if ((step.flags & mount_own_source) == 0) return sys::open(step.source, O_PATH);
  return sys::open(step.source, O_PATH | O_DIRECTORY | O_NOFOLLOW);
}

// What the root covers next stays in reach by its descriptor.
Result<void> open_notify(Inside& inside, const Step& step) {
  inside.notify = TRY(sys::open(step.target, O_PATH | O_NOFOLLOW));
  return {};
}

Result<void> bind_inside(Inside& inside, const Step& step) {
  const auto source = (step.flags & bind_notify) != 0 ? Result<Fd>(std::move(inside.notify)) : open_source(step);
  if (!source) {
    if (step.optional && source.error().code == ENOENT) return {};
    return source.failed();
  }
  const auto status = TRY(sys::status(source.value().get()));
  const MountPoint kind = S_ISDIR(status.mode) ? MountPoint::directory : MountPoint::file;
  const Fd target = TRY(open_target(inside, step, kind));
  return attach_copy(source.value().get(), target.get(), step.flags);
}

Result<void> move_in(Inside& inside, const Step& step) {
  auto source = sys::open_at(inside.stage.get(), step.source, O_PATH | O_NOFOLLOW);
  if (!source) return step.optional && source.error().code == ENOENT ? Result<void>() : source.failed();
  const auto status = TRY(sys::status(source.value().get()));
  const MountPoint kind = S_ISDIR(status.mode) ? MountPoint::directory : MountPoint::file;
  const Fd target = TRY(open_target(inside, step, kind));
  TRY(sys::move_mount(source.value().get(), target.get()));
  if (step.source == staged_dev.view()) inside.dev = std::move(source.value());
  return {};
}

}  // namespace microctr

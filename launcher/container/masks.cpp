// Hidden and read-only paths, mounted over what is there, after /proc and /sys and before the root is changed.
//
// What a layer brings must not be able to lead us elsewhere: /proc, /sys and /dev/null are opened without symbolic
// links and verified to be the kernel's (CVE-2019-19921, CVE-2023-27561, CVE-2025-31133), everything else goes through
// the resolver, and mounts are attached to descriptors. Only what does not exist is skipped.
//
// Descriptors are left to exec, which closes them all at once: there are few, and each close would be a call.

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include <array>
#include <utility>

#include "launcher/base/resolve.h"
#include "launcher/base/sys.h"
#include "launcher/base/text.h"
#include "launcher/container/inside.h"
#include "launcher/plan/kernel_paths.h"

namespace microctr {

namespace {

constexpr unsigned copy_mount = 1 | O_CLOEXEC;                                  // OPEN_TREE_CLONE
constexpr unsigned with_submounts = 0x8000;                                     // AT_RECURSIVE
constexpr std::uint64_t no_use = MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC;  // the same bits as MOUNT_ATTR_*

bool is_missing(const Error& error) { return error.code == ENOENT; }

// A directory of the container's root that must be a mount of the kernel's, by its magic number (statfs(2)).
Result<int> open_kernel_mount(int root, CString path, std::uint64_t magic) {
  const int directory = TRY(open_inside(root, path, O_PATH | O_DIRECTORY, Symlinks::refuse)).release();
  if (TRY(sys::file_system_type(directory)) != magic) return fail(EPERM, "verify the kernel's mount"_p, path);
  return directory;
}

Result<int> open_proc(Inside& inside) {
  if (inside.proc < 0) inside.proc = TRY(open_kernel_mount(inside.root.get(), "proc", 0x9fa0));
  return inside.proc;
}

// What lies over hidden paths: one empty read-only tmpfs for all directories, the container's /dev/null for all files.
// A mount is copied for each further place; a copy whose place is missing serves the next one.
class Covers {
 public:
  explicit Covers(const Inside& inside) : inside_(inside) {}

  // `name` below `directory`; empty: `directory` itself, which then is no directory where `kind` says file.
  Result<void> hide(int directory, CString name, MountPoint kind) {
    const auto index = static_cast<std::size_t>(kind);
    int& next = next_[index];
    if (next < 0) next = TRY(make(kind)).release();
    const auto attached = name.empty() ? sys::move_mount(next, directory) : sys::move_mount_to(next, directory, name);
    if (!attached) return is_missing(attached.error()) ? Result<void>() : attached;
    first_[index] = std::exchange(next, -1);
    return {};
  }

  Result<void> hide_all(int directory, std::string_view names, MountPoint kind) {
    for (std::string_view name = next_word(names); !name.empty(); name = next_word(names)) {
      TRY(hide(directory, TextBuffer<64>(name).text(), kind));
    }
    return {};
  }

 private:
  // Only what is attached can be copied (before Linux 6.15).
  Result<Fd> make(MountPoint kind) {
    const int first = first_[static_cast<std::size_t>(kind)];
    if (first >= 0) return sys::open_tree(first, "", copy_mount | AT_EMPTY_PATH);
    if (kind == MountPoint::directory) return sys::make_tmpfs(no_use);
    // "dev" is a mount point of ours, so no symbolic link; what has been copied is verified.
    Fd null = TRY(sys::open_tree(inside_.root.get(), "dev/null", copy_mount | AT_SYMLINK_NOFOLLOW));
    const auto status = TRY(sys::status(null.get()));
    if (!S_ISCHR(status.mode) || status.rdev != sys::device_number(1, 3)) return fail(EPERM, "verify /dev/null"_p);
    return null;
  }

  const Inside& inside_;
  std::array<int, 2> next_ = {-1, -1};   // by kind; attached nowhere yet
  std::array<int, 2> first_ = {-1, -1};  // attached already
};

Result<void> protect_below(int directory, CString name) {
  auto tree = sys::open_tree(directory, name, copy_mount | with_submounts | AT_SYMLINK_NOFOLLOW);
  if (!tree) return is_missing(tree.error()) ? Result<void>() : tree.failed();
  const int copy = tree.take().release();
  const auto set = sys::set_mount_attributes(copy, no_use, true);
  if (set) return sys::move_mount_to(copy, directory, name);
  if (set.error().code != ENOSYS) return set;
  const Fd place = TRY(sys::open_at(directory, name, O_PATH | O_NOFOLLOW));
  return attach_copy(place.get(), place.get(), no_use | MS_REC);
}

}  // namespace

Result<void> mask_paths(Inside& inside, const Step& step) {
  Covers covers(inside);
  if ((step.flags & default_paths) != 0) {
    const int proc = TRY(open_proc(inside));
    TRY(covers.hide_all(proc, kernel_paths::masked_directories_of_proc, MountPoint::directory));
    TRY(covers.hide_all(proc, kernel_paths::masked_files_of_proc, MountPoint::file));
    const int sys = TRY(open_kernel_mount(inside.root.get(), "sys", 0x62656572));
    TRY(covers.hide_all(sys, kernel_paths::masked_directories_of_sys, MountPoint::directory));
  }
  for (const CString path : inside.plan.spec->masked_paths) {
    const auto place = open_inside(inside.root.get(), path, O_PATH, Symlinks::follow);
    if (!place && is_missing(place.error())) continue;
    if (!place) return place.failed();
    const auto status = TRY(sys::status(place.value().get()));
    TRY(covers.hide(place.value().get(), {}, S_ISDIR(status.mode) ? MountPoint::directory : MountPoint::file));
  }
  return {};
}

Result<void> protect_paths(Inside& inside, const Step& step) {
  if ((step.flags & default_paths) != 0) {
    const int proc = TRY(open_proc(inside));
    std::string_view names(kernel_paths::read_only_of_proc);
    for (std::string_view name = next_word(names); !name.empty(); name = next_word(names)) {
      TRY(protect_below(proc, TextBuffer<64>(name).text()));
    }
  }
  for (const CString path : inside.plan.spec->read_only_paths) {
    const auto place = open_inside(inside.root.get(), path, O_PATH, Symlinks::follow);
    if (!place && is_missing(place.error())) continue;
    if (!place) return place.failed();
    TRY(attach_copy(place.value().get(), place.value().get(), MS_RDONLY | MS_REC));
  }
  return {};
}

// One write: the kernel takes a value in one piece. The file belongs to the namespaces of whoever writes it.
Result<void> write_sysctl(Inside& inside, const Step& step) {
  if (!inside.root) inside.root = TRY(sys::open("/", O_PATH | O_DIRECTORY));
  const int proc = TRY(open_proc(inside));
  const CString below_proc = step.target.from(sizeof "/proc/" - 1);
  const Fd file = TRY(open_inside(proc, below_proc, O_WRONLY, Symlinks::refuse));
  const std::size_t written = TRY(sys::write(file.get(), step.options));
  return written == step.options.view().size() ? Result<void>() : fail(EINVAL, "write all of the value"_p);
}

}  // namespace microctr

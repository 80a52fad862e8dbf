#include "launcher/base/resolve.h"

#include <fcntl.h>
#include <linux/openat2.h>

#include <array>
#include <cstring>

#include "launcher/base/bytes.h"
#include "launcher/base/limits.h"
#include "launcher/base/sys.h"
#include "launcher/base/text.h"

namespace microctr {

namespace {

constexpr std::uint64_t proc_magic = 0x9fa0;  // PROC_SUPER_MAGIC

// The walk for kernels without openat2, and for those that give up. It holds a descriptor for each directory on the
// way, so that ".." goes back to where we came from and never asks the file system, which somebody may be rearranging.
class Walk {
 public:
  Walk(int root, Symlinks symlinks) : root_(root), symlinks_(symlinks) {}

  Result<Fd> open(CString path, int flags) {
    rest_.add(path);
    std::string_view rest = rest_.view();
    while (true) {
      while (!rest.empty() && rest.front() == '/') rest.remove_prefix(1);
      if (rest.empty()) return reopen(flags);
      const std::string_view component = cut(rest, '/');
      if (component == ".") continue;
      if (component == "..") {
        if (depth_ > 0) directories_[--depth_].close();
        continue;
      }
      TRY(enter(component, rest, flags));
      if (opened_) return std::move(opened_);
    }
  }

 private:
  static constexpr std::size_t deepest = 64;
  static constexpr unsigned most_links = 40;  // as the kernel's own walk

  int current() const { return depth_ == 0 ? root_ : directories_[depth_ - 1].get(); }

  // A path that ended in a directory we already hold ("/", "a/.."): open the same directory anew.
  Result<Fd> reopen(int flags) { return sys::open_at(current(), ".", flags & ~(O_CREAT | O_EXCL)); }

  static bool only_slashes(std::string_view rest) { return rest.find_first_not_of('/') == std::string_view::npos; }

  Result<void> enter(std::string_view component, std::string_view& rest, int flags) {
    TextBuffer<256> name(component);
    if (name.overflowed()) return fail(ENAMETOOLONG, "resolve");
    Fd next = TRY(sys::open_at(current(), name.text(), O_PATH | O_NOFOLLOW));
    const auto status = TRY(sys::status(next.get()));
    if (S_ISLNK(status.mode)) {
      const bool wanted_itself = only_slashes(rest) && (flags & O_NOFOLLOW) != 0 && (flags & O_PATH) != 0;
      if (!wanted_itself) return follow(next.get(), rest);
    }
    if (only_slashes(rest)) {
      opened_ = TRY(sys::open_at(current(), name.text(), flags | O_NOFOLLOW));
      return {};
    }
    if (depth_ == deepest) return fail(ENAMETOOLONG, "resolve");
    directories_[depth_++] = std::move(next);
    return {};
  }

  Result<void> follow(int link, std::string_view& rest) {
    if (symlinks_ == Symlinks::refuse || ++links_ > most_links) return fail(ELOOP, "resolve");
    if (TRY(sys::file_system_type(link)) == proc_magic) return fail(ELOOP, "resolve");
    Bytes<limits::path> target_storage;
    const CString target = TRY(sys::read_link(link, "", target_storage));
    TextBuffer<limits::path> longer(target, "/", rest);
    if (longer.overflowed()) return fail(ENAMETOOLONG, "resolve");
    if (begins_with(target, '/')) {
      while (depth_ > 0) directories_[--depth_].close();
    }
    rest_.clear();
    rest_.add(longer.view());
    rest = rest_.view();
    return {};
  }

  int root_;
  Symlinks symlinks_;
  TextBuffer<limits::path> rest_;
  std::array<Fd, deepest> directories_;
  std::size_t depth_ = 0;
  unsigned links_ = 0;
  Fd opened_;
};

// EAGAIN: the way goes through "..", and something was renamed or mounted meanwhile, anywhere on the machine
// (openat2(2), RESOLVE_IN_ROOT).
bool calls_for_walk(const Error& error) { return error.code == ENOSYS || error.code == EAGAIN; }

bool is_kind(const sys::Status& status, MountPoint kind) {
  return S_ISDIR(status.mode) == (kind == MountPoint::directory);
}

// One missing component below its parent. Somebody else making it first is as good.
Result<Fd> make_missing(int parent, std::string_view component, MountPoint kind) {
  TextBuffer<256> name(component);
  if (name.overflowed()) return fail(ENAMETOOLONG, "make the mount point"_p);
  if (kind == MountPoint::file) {
    const auto made = sys::open_at(parent, name.text(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0644);
    if (!made && made.error().code != EEXIST) return made.failed();
    return sys::open_at(parent, name.text(), O_PATH | O_NOFOLLOW);
  }
  const auto made = sys::make_directory(parent, name.text(), 0755);
  if (!made && made.error().code != EEXIST) return made.failed();
  return sys::open_at(parent, name.text(), O_PATH | O_NOFOLLOW | O_DIRECTORY);
}

// Component by component: what exists is resolved inside the root, what does not is made below its parent's
// descriptor.
Result<Fd> open_or_make(int root, CString path, MountPoint kind, Symlinks symlinks) {
  TextBuffer<limits::path> prefix;
  Fd parent = TRY(sys::open_at(root, ".", O_PATH | O_DIRECTORY));
  bool making = false;
  std::string_view rest = path;
  while (!rest.empty()) {
    const std::string_view component = cut(rest, '/');
    if (component.empty() || component == ".") continue;
    const bool last = rest.find_first_not_of('/') == std::string_view::npos;
    const MountPoint wanted = last ? kind : MountPoint::directory;
    prefix.add('/', component);
    if (prefix.overflowed()) return fail(ENAMETOOLONG, "make the mount point"_p);
    if (!making) {
      auto there = open_inside(root, prefix.text(), O_PATH, symlinks);
      if (there) {
        parent = there.take();
        continue;
      }
      if (there.error().code != ENOENT) return there.failed();
      making = true;
    }
    if (component == "..") return fail(ENOENT, "make the mount point"_p);
    parent = TRY(make_missing(parent.get(), component, wanted));
  }
  return parent;
}

}  // namespace

Result<Fd> open_inside(int root, CString path, int flags, Symlinks symlinks) {
  const std::uint64_t links = symlinks == Symlinks::refuse ? RESOLVE_NO_SYMLINKS : 0;
  auto opened = sys::open_in_root(root, path, flags, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | links);
  if (opened || !calls_for_walk(opened.error())) return opened;
  Walk walk(root, symlinks);
  auto walked = walk.open(path, flags);
  if (!walked) return walked.error().about(path);
  return walked;
}

Result<Fd> open_own_directory(int root, CString path) {
  constexpr int flags = O_PATH | O_DIRECTORY;
  auto opened = sys::open_in_root(root, path, flags,
                                  RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV);
  if (opened || !calls_for_walk(opened.error())) return opened;
  Walk walk(root, Symlinks::refuse);
  auto walked = walk.open(path, flags);
  if (!walked) return walked.error().about(path);
  const bool own = TRY(sys::status(walked.value().get())).device == TRY(sys::status(root)).device;
  if (!own) return fail(EXDEV, "open", path);
  return walked;
}

Result<Fd> open_mount_point(int root, CString path, MountPoint kind, Symlinks symlinks, Missing missing) {
  // A directory needs no further look.
  const int wanted = kind == MountPoint::directory ? O_PATH | O_DIRECTORY : O_PATH;
  auto there = open_inside(root, path, wanted, symlinks);
  const bool make = !there && there.error().code == ENOENT && missing == Missing::create;
  auto place = make ? open_or_make(root, path, kind, symlinks) : std::move(there);
  if (!place && place.error().code == ENOTDIR) return fail(ENOTDIR, "mount on"_p, path);
  if (!place) return place.error().about(path);
  if (kind == MountPoint::directory) return place;
  const auto status = TRY(sys::status(place.value().get()));
  if (!is_kind(status, kind)) return fail(S_ISDIR(status.mode) ? EISDIR : ENOTDIR, "mount on"_p, path);
  return place;
}

}  // namespace microctr

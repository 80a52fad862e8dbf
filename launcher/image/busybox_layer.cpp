#include "launcher/image/busybox_layer.h"

#include <fcntl.h>

#include "launcher/base/bytes.h"
#include "launcher/base/limits.h"
#include "launcher/base/sys.h"
#include "launcher/base/text.h"
#include "launcher/image/aside.h"
#include "launcher/image/busybox_program.h"
#include "launcher/image/destination.h"
#include "launcher/image/layer_tree.h"

namespace microctr {

namespace {

struct Existing {
  LayerState state = LayerState::empty;
  std::uint64_t inode = 0;
};

class Build {
 public:
  Build(const Destination& destination, const BusyboxProgram& program, std::string_view applets, InUse in_use)
      : destination_(destination), program_(program), applets_(applets), in_use_(in_use) {}

  Result<void> run() {
    remove_left_asides(destination_.parent());
    const LayerState state = TRY(examine()).state;
    if (state == LayerState::current) return {};
    if (state == LayerState::outdated && in_use_ == InUse::yes) {
      return fail(EBUSY, "replace the layer: a running container uses it:"_p, {}, "stop the container first"_p);
    }
    Aside aside(destination_.parent(), destination_.parent_path());
    TRY(aside.make());
    TRY(write_layer_tree(aside.descriptor(), program_, applets_));
    TRY(sys::change_mode(aside.descriptor(), 0755));
    TRY(install(aside));
    // The layer is there, whole, whatever this says: some file systems cannot sync a directory.
    (void)sys::sync_file(destination_.parent());
    return {};
  }

 private:
  // What stands at the destination now. Error EEXIST when it must not be replaced.
  Result<Existing> examine() const {
    constexpr int most_tries = 64;
    for (int attempt = 0; attempt < most_tries; ++attempt) {
      const auto opened = sys::open_at(destination_.parent(), destination_.name(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
      if (!opened) {
        const int code = opened.error().code;
        if (code == ENOENT) return Existing{};
        if (code == ENOTDIR || code == ELOOP) return fail(EEXIST, "make the layer: this is no directory:"_p);
        return opened.failed();
      }
      const auto inode = TRY(sys::status(opened.value().get())).inode;
      const auto state = examine_layer_tree(opened.value().get(), program_, applets_);
      if (!stands(inode)) continue;  // another builder took it away to remove it, and we saw that
      if (!state) return state.failed();
      if (state.value() == LayerState::foreign) {
        return fail(EEXIST, "make the layer: the directory holds something else:"_p, {}, "nothing in it was changed"_p);
      }
      return Existing{state.value(), inode};
    }
    return being_replaced();
  }

  bool stands(std::uint64_t inode) const {
    const auto status = sys::status_at(destination_.parent(), destination_.name(), AT_SYMLINK_NOFOLLOW);
    return status && status.value().inode == inode;
  }

  static Error being_replaced() { return {EBUSY, "make the layer: somebody keeps replacing it:"_p}; }

  // rename(2) puts a directory where there is nothing or an empty one; a layer is exchanged. Somebody else may be doing
  // the same, so what stands there is looked at again after each refusal.
  Result<void> install(Aside& aside) const {
    constexpr int most_tries = 16;
    for (int attempt = 0; attempt < most_tries; ++attempt) {
      const auto renamed = sys::rename(aside.path(), destination_.path());
      if (renamed) {
        aside.keep();
        return {};
      }
      const int code = renamed.error().code;
      if (code == EBUSY) return renamed.error().with_hint("name a directory below the mount point"_p);
      if (code != ENOTEMPTY && code != EEXIST && code != ENOTDIR) return renamed;
      const Existing existing = TRY(examine());
      if (existing.state == LayerState::current) return {};
      if (existing.state == LayerState::outdated && TRY(replace(aside, existing.inode))) return {};
    }
    return being_replaced();
  }

  // False: it was no longer what was looked at, and still stands there.
  Result<bool> replace(const Aside& aside, std::uint64_t inode) const {
    const auto exchanged = sys::rename_exchange(aside.path(), destination_.path());
    if (!exchanged) {
      if (exchanged.error().code == EINVAL || exchanged.error().code == ENOSYS) return replace_in_two(aside);
      if (exchanged.error().code == ENOENT) return false;
      return exchanged.failed();
    }
    const auto old = TRY(sys::status_at(destination_.parent(), aside.name(), AT_SYMLINK_NOFOLLOW));
    if (old.inode == inode) return true;
    TRY(sys::rename_exchange(aside.path(), destination_.path()));
    return false;
  }

  // For file systems without the exchange (NFS, JFFS2). Between the two renames there is no layer; a power cut there
  // leaves none, and the next start builds it.
  Result<bool> replace_in_two(const Aside& aside) const {
    Aside old(destination_.parent(), destination_.parent_path());
    TRY(old.make());
    TRY(sys::rename(destination_.path(), old.path()));
    const auto renamed = sys::rename(aside.path(), destination_.path());
    if (renamed) return true;
    if (sys::rename(old.path(), destination_.path())) old.keep();
    return renamed.failed();
  }

  const Destination& destination_;
  const BusyboxProgram& program_;
  std::string_view applets_;
  InUse in_use_;
};

}  // namespace

Result<void> build_busybox_layer(CString busybox, CString directory, InUse in_use) {
  const BusyboxProgram program = TRY(open_busybox(busybox));
  Bytes<applet_list_size> storage;
  const std::string_view applets = TRY(list_applets(program, storage));
  Destination destination;
  TRY(destination.open(directory));
  const auto built = Build(destination, program, applets, in_use).run();
  if (!built) return built.error().about(directory);
  destination.keep();
  return {};
}

Result<void> ensure_busybox_layer(CString directory) {
  const TextBuffer<limits::path> program(directory, "/bin/busybox");
  // It was renamed into place with everything that belongs to it.
  if (!program.overflowed() && sys::status_at(sys::working_directory, program.text(), AT_SYMLINK_NOFOLLOW)) return {};
  return build_busybox_layer({}, directory, InUse::no);
}

}  // namespace microctr

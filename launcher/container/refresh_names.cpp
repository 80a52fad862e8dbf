#include "launcher/container/refresh_names.h"

#include <fcntl.h>

#include "launcher/base/file.h"
#include "launcher/base/resolve.h"
#include "launcher/base/sys.h"
#include "launcher/plan/plan.h"

namespace microctr {

namespace {

char content_storage[limits::names_text + 1];

// The root of the process, if it is an overlay and not our own root: whatever went wrong, the host's files are not
// written.
Result<Fd> open_root_of(pid_t pid) {
  constexpr std::uint64_t overlay_magic = 0x794c7630;  // OVERLAYFS_SUPER_MAGIC
  TextBuffer<32> path("/proc/", pid, "/root");
  Fd root = TRY(sys::open(path.text(), O_PATH | O_DIRECTORY));
  const auto status = TRY(sys::status(root.get()));
  const auto own = TRY(sys::status_at(sys::working_directory, "/", 0));
  const bool is_ours = status.inode == own.inode && status.device == own.device;
  if (is_ours || TRY(sys::file_system_type(root.get())) != overlay_magic) return fail(EPERM, "open", path.text());
  return root;
}

Result<Fd> open_etc(const RunningNames& running, bool bound) {
  if (bound) {
    TextBuffer<limits::path> path(running.record, "/etc");
    return sys::open(path.text(), O_PATH | O_DIRECTORY | O_NOFOLLOW);
  }
  const Fd root = TRY(open_root_of(running.pid));
  return open_own_directory(root.get(), "/etc");
}

// A regular file, or ENXIO: no other node is ever opened, also when it takes the file's place meanwhile.
Result<Fd> open_regular(int directory, CString name, int flags) {
  const Fd place = TRY(sys::open_at(directory, name, O_PATH | O_NOFOLLOW));
  if (!S_ISREG(TRY(sys::status(place.get())).mode)) return fail(ENXIO, "open", name);
  TextBuffer<64> path("/proc/self/fd/", place.get());
  return sys::open(path.text(), flags | O_NONBLOCK | O_NOCTTY);
}

// A bind keeps the file: it is written over, and cut last.
Result<void> write_over(int file, std::string_view text) {
  std::size_t offset = 0;
  while (offset < text.size()) offset += TRY(sys::write_at(file, after(text, offset), offset));
  return sys::truncate(file, text.size());
}

// Written aside and renamed, so that a reader sees the old or the new text.
Result<void> make_anew(int directory, CString name, std::string_view text) {
  const std::uint32_t mask = sys::set_umask(0);  // ours is no matter of the container's
  const auto done = replace_node(directory, name, aside_names, text, 0644);
  sys::set_umask(mask);
  return done;
}

// The new file belongs to whom the old one does: the container's root. Its upper layer may know no other ids.
Result<void> replace(int directory, CString name, std::string_view text, const sys::Status& old) {
  if (old.user == 0 || sys::user_id() != 0) return make_anew(directory, name, text);
  const std::uint64_t capabilities = TRY(sys::permitted_capabilities());
  TRY(sys::set_file_ids(old.user, old.group));
  auto done = sys::set_capabilities(capabilities, 0);
  if (done) done = make_anew(directory, name, text);
  const auto back = sys::set_file_ids(0, 0);
  return back ? done : back;
}

// Whether the file is still as we have left it. An error that says nothing about that is handed on.
Result<bool> is_as_written(const Result<Fd>& file, std::uint64_t hash) {
  if (!file) {
    const int code = file.error().code;
    if (code == ENOENT || code == ENXIO) return false;
    return file.failed();
  }
  const auto content = read_all(file.value().get(), content_storage);
  if (!content && content.error().code == EFBIG) return false;
  return hash_names(TRY(content)) == hash;
}

class Refresh {
 public:
  explicit Refresh(const RunningNames& running)
      : running_(running), bound_((name_files_of(running.spec) & names_bound) != 0) {}

  Result<void> bring(CString name, std::string_view text, std::uint64_t& hash) {
    const std::uint64_t wanted = hash_names(text);
    if (wanted == hash) return {};
    if (!etc_) etc_ = TRY(open_etc(running_, bound_));
    auto file = open_regular(etc_.get(), name, bound_ ? O_WRONLY : O_RDONLY);
    if (bound_) {  // read-only inside: nobody else changes it
      TRY(write_over(TRY(std::move(file)).get(), text));
    } else if (TRY(is_as_written(file, hash))) {
      TRY(replace(etc_.get(), name, text, TRY(sys::status(file.value().get()))));
    } else {
      hash = 0;
      return {};
    }
    hash = wanted;
    return {};
  }

 private:
  const RunningNames& running_;
  bool bound_;
  Fd etc_;
};

}  // namespace

void refresh_names(const RunningNames& running, NameHashes& hashes) {
  const unsigned followed = followed_by_names(running.spec);
  Refresh refresh(running);
  if ((followed & follows_register) != 0 && hashes.hosts != 0) {
    const auto text = running.texts.hosts(running.spec, {});
    if (text) (void)refresh.bring("hosts", text.value(), hashes.hosts);
  }
  if (hashes.resolver != 0) {
    const auto text = running.texts.resolver(running.spec, running.gateways);
    if (text) (void)refresh.bring("resolv.conf", text.value(), hashes.resolver);
  }
}

}  // namespace microctr

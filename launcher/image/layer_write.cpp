#include <fcntl.h>

#include <algorithm>

#include "launcher/base/file.h"
#include "launcher/base/sys.h"
#include "launcher/base/text.h"
#include "launcher/image/layer_content.h"
#include "launcher/image/layer_tree.h"

namespace microctr {

namespace {

// The modes of the tables are meant as they stand.
class OpenUmask {
 public:
  OpenUmask() : before_(sys::set_umask(0)) {}
  ~OpenUmask() { sys::set_umask(before_); }
  OpenUmask(const OpenUmask&) = delete;
  OpenUmask& operator=(const OpenUmask&) = delete;

 private:
  std::uint32_t before_;
};

Result<void> write_file(int root, CString path, std::string_view text) {
  const Fd file = TRY(sys::open_at(root, path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0644));
  TRY(write_all(file.get(), text));
  return sys::sync_file(file.get());
}

Result<void> copy_program(int root, const BusyboxProgram& program) {
  const Fd copy = TRY(sys::open_at(root, layer_content::program, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0755));
  constexpr std::uint64_t most_at_once = 1U << 30;
  for (std::uint64_t rest = program.size; rest > 0;) {
    const std::size_t count =
        TRY(sys::copy_file(program.file.get(), copy.get(), static_cast<std::size_t>(std::min(rest, most_at_once))));
    if (count == 0) return fail(EIO, "copy BusyBox (it became shorter)"_p);
    rest -= count;
  }
  return sys::sync_file(copy.get());
}

bool links_are_refused(int code) { return code == EPERM || code == EMLINK || code == EOPNOTSUPP || code == EXDEV; }

// Hard links cost no inode and no lookup; where the file system has none, or no more, symbolic ones do.
Result<void> link_applets(int root, std::string_view applets) {
  const Fd bin = TRY(sys::open_at(root, "bin", O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
  bool hard = true;
  while (!applets.empty()) {
    TextBuffer<applet_name_size> name(cut(applets, '\n'));
    if (name.view() == "busybox") continue;
    if (hard) {
      const auto linked = sys::make_link(bin.get(), "busybox", bin.get(), name.text());
      if (linked) continue;
      if (!links_are_refused(linked.error().code)) return linked;
      hard = false;
    }
    TRY(sys::make_symlink("busybox", bin.get(), name.text()));
  }
  return sys::sync_file(bin.get());
}

}  // namespace

Result<void> write_layer_tree(int root, const BusyboxProgram& program, std::string_view applets) {
  const OpenUmask as_given;
  for (const auto& directory : layer_content::directories)
    TRY(sys::make_directory(root, directory.path, directory.mode));
  for (const auto& symlink : layer_content::symlinks) TRY(sys::make_symlink(symlink.text, root, symlink.path));
  TRY(copy_program(root, program));
  TRY(link_applets(root, applets));
  for (const auto& file : layer_content::files) TRY(write_file(root, file.path, file.text.text()));
  const Fd etc = TRY(sys::open_at(root, "etc", O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
  TRY(sys::sync_file(etc.get()));
  return sys::sync_file(root);
}

}  // namespace microctr

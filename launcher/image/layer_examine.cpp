#include <fcntl.h>

#include <algorithm>
#include <cstring>

#include "launcher/base/bytes.h"
#include "launcher/base/directory_list.h"
#include "launcher/base/file.h"
#include "launcher/base/limits.h"
#include "launcher/base/sys.h"
#include "launcher/base/text.h"
#include "launcher/image/layer_content.h"
#include "launcher/image/layer_tree.h"

namespace microctr {

namespace {

// Whether the bytes from the start of both files are the same; both have `size`.
Result<bool> same_bytes(int left, int right, std::uint64_t size) {
  Bytes<4096> left_bytes;
  Bytes<4096> right_bytes;
  for (std::uint64_t offset = 0; offset < size;) {
    const std::size_t left_count = TRY(sys::read_at(left, left_bytes, offset));
    const std::size_t right_count = TRY(sys::read_at(right, right_bytes, offset));
    const std::size_t count = std::min(left_count, right_count);
    if (count == 0 || std::memcmp(left_bytes, right_bytes, count) != 0) return false;
    offset += count;
  }
  return true;
}

class Examination {
 public:
  Examination(int root, const BusyboxProgram& program, std::string_view applets)
      : root_(root), program_(program), applets_(applets) {}

  Result<LayerState> run() {
    TRY(look_at_program());
    TRY(list("."));
    if (entries_ == 0) return LayerState::empty;
    for (const auto& directory : layer_content::directories) {
      if (foreign_) return LayerState::foreign;
      TRY(list(directory.path));
    }
    constexpr std::size_t expected = std::size(layer_content::directories) + std::size(layer_content::symlinks) +
                                     std::size(layer_content::files) + 1;  // the program
    if (foreign_ || known_ != expected) return LayerState::foreign;
    const auto names = std::count(applets_.begin(), applets_.end(), '\n') - (has_busybox() ? 1 : 0);
    return current_ && linked_ == static_cast<std::size_t>(names) ? LayerState::current : LayerState::outdated;
  }

 private:
  bool has_busybox() const {
    return applets_.starts_with("busybox\n") || applets_.find("\nbusybox\n") != applets_.npos;
  }

  Result<void> look_at_program() {
    const auto there = sys::open_at(root_, layer_content::program, O_RDONLY | O_NONBLOCK | O_NOFOLLOW);
    if (!there) return {};  // then the list lacks it, or has something else there
    program_status_ = TRY(sys::status(there.value().get()));
    current_ = program_status_.size == program_.size &&
               TRY(same_bytes(there.value().get(), program_.file.get(), program_.size));
    return {};
  }

  // Everything in one of our directories; one that is missing or something else has been counted by its parent's list.
  Result<void> list(CString directory) {
    const auto opened = sys::open_at(root_, directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    if (!opened) {
      if (opened.error().code == EACCES) return opened.failed();
      return {};
    }
    DirectoryList names(opened.value().get());
    while (!foreign_) {
      const CString name = TRY(names.next());
      if (name.empty()) return {};
      ++entries_;
      TextBuffer<limits::path> path(directory == "." ? "" : directory.c_str(), directory == "." ? "" : "/", name);
      const auto status = TRY(sys::status_at(root_, path.text(), AT_SYMLINK_NOFOLLOW));
      if (is_known(path.text(), status)) {
        ++known_;
      } else if (directory == "bin" && is_applet(path.text(), status)) {
        ++linked_;
      } else {
        foreign_ = true;
      }
    }
    return {};
  }

  bool is_known(CString path, const sys::Status& status) {
    if (S_ISDIR(status.mode)) {
      return std::ranges::any_of(layer_content::directories, [&](const auto& row) { return path == row.path.text(); });
    }
    if (S_ISLNK(status.mode)) {
      return std::ranges::any_of(layer_content::symlinks, [&](const auto& row) {
        return path == row.path.text() && links_to(path, row.text.text());
      });
    }
    if (!S_ISREG(status.mode)) return false;
    if (path == layer_content::program.view()) return status.size > 0;
    for (const auto& row : layer_content::files) {
      if (path != row.path.text()) continue;
      if (!holds(path, row.text.text())) current_ = false;
      return true;
    }
    return false;
  }

  bool is_applet(CString path, const sys::Status& status) const {
    if (S_ISLNK(status.mode)) return links_to(path, "busybox");
    return S_ISREG(status.mode) && status.inode == program_status_.inode && status.device == program_status_.device;
  }

  bool links_to(CString path, std::string_view wanted) const {
    Bytes<64> storage;
    const auto text = sys::read_link(root_, path, storage);
    return text && text.value() == wanted;
  }

  bool holds(CString path, std::string_view wanted) const {
    Bytes<512> storage;
    const auto text = read_file(root_, path, storage);
    return text && text.value() == wanted;
  }

  int root_;
  const BusyboxProgram& program_;
  std::string_view applets_;
  sys::Status program_status_ = {};
  std::size_t entries_ = 0;
  std::size_t known_ = 0;   // rows of the tables that are there
  std::size_t linked_ = 0;  // applets
  bool foreign_ = false;
  bool current_ = false;
};

}  // namespace

Result<LayerState> examine_layer_tree(int root, const BusyboxProgram& program, std::string_view applets) {
  return Examination(root, program, applets).run();
}

}  // namespace microctr

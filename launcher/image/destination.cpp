#include "launcher/image/destination.h"

#include <fcntl.h>

#include "launcher/base/bytes.h"
#include "launcher/base/sys.h"

namespace microctr {

namespace {

void strip_slashes(std::string_view& path) {
  while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
}

}  // namespace

Destination::~Destination() {
  if (first_made_ == 0) return;
  parent_.close();
  std::string_view path = parent_path_.view();
  while (path.size() >= first_made_) {
    const TextBuffer<limits::path> made(path);
    if (!sys::remove_directory(sys::working_directory, made.text())) return;
    path = leading(path, last_position(path, '/'));
    strip_slashes(path);
  }
}

Result<void> Destination::open(CString path) {
  std::string_view given = path.view();
  if (given.empty()) return fail(ENOENT, "make directory"_p, path);
  strip_slashes(given);
  if (given.front() != '/') {
    Bytes<limits::path> storage;
    const CString here = TRY(sys::working_directory_path(storage));
    path_.add(here, here == "/" ? "" : "/");
  }
  path_.add(given);
  if (path_.overflowed()) return fail(ENAMETOOLONG, "make directory"_p, path);
  const std::size_t last = last_position(path_.view(), '/');
  name_at_ = last + 1;
  const std::string_view name = this->name();
  if (name.empty() || name == "." || name == "..") {
    return fail(EINVAL, "make directory"_p, path, "a path that ends in the directory's name is wanted"_p);
  }
  parent_path_.add(leading(path_.view(), last == 0 ? 1 : last));
  auto opened = sys::open(parent_path_.text(), O_RDONLY | O_DIRECTORY);
  if (opened) {
    parent_ = opened.take();
    return {};
  }
  if (opened.error().code != ENOENT) return opened.error().about(path);
  const auto made = make_parents();
  if (!made) return made.error().about(path);
  return {};
}

Result<void> Destination::make_parents() {
  TextBuffer<limits::path> prefix;
  std::string_view rest = parent_path_.view();
  while (!rest.empty()) {
    const std::string_view part = cut(rest, '/');
    prefix.add(part);
    if (!part.empty()) {
      const auto made = sys::make_directory(sys::working_directory, prefix.text(), 0755);
      if (!made && made.error().code != EEXIST) return made;
      if (made && first_made_ == 0) first_made_ = prefix.size();
    }
    if (!rest.empty()) prefix.add('/');
  }
  parent_ = TRY(sys::open(parent_path_.text(), O_RDONLY | O_DIRECTORY));
  return {};
}

}  // namespace microctr

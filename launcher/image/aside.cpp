#include "launcher/image/aside.h"

#include <fcntl.h>
#include <sys/file.h>

#include "launcher/base/directory_list.h"
#include "launcher/base/sys.h"
#include "launcher/image/remove_tree.h"

namespace microctr {

namespace {

constexpr char prefix[] = ".microctr-new-";

Result<void> remove_if_left(int parent, CString name) {
  const auto left = sys::open_at(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  if (!left) return left.failed();
  if (TRY(sys::status(left.value().get())).user != sys::user_id()) return {};
  TRY(sys::lock(left.value().get(), LOCK_EX | LOCK_NB));  // held while its builder lives
  return remove_tree(parent, name);
}

}  // namespace

Aside::~Aside() {
  if (made_) (void)remove_tree(parent_, name());
}

Result<void> Aside::make() {
  constexpr unsigned most_tries = 100;
  const std::string_view parent_path = path_.view();
  TextBuffer<limits::path> start(parent_path);
  for (unsigned attempt = 0; attempt < most_tries; ++attempt) {
    // The number alone does not do: a builder in another pid namespace may have the same.
    path_.clear();
    path_.add(start.view(), prefix, sys::process_id(), "-", attempt);
    if (path_.overflowed()) return fail(ENAMETOOLONG, "make the directory beside it"_p);
    const auto made = sys::make_directory(parent_, name(), 0700);
    if (!made) {
      if (made.error().code == EEXIST) continue;
      return made;
    }
    // Until it is locked, another builder may take it for left and remove it.
    auto opened = sys::open_at(parent_, name(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    if (!opened && opened.error().code == ENOENT) continue;
    made_ = true;
    if (!opened) return opened.failed();
    directory_ = opened.take();
    (void)sys::lock(directory_.get(), LOCK_EX);  // without locks (NFS) nobody removes what is left, and nobody errs
    if (TRY(sys::status(directory_.get())).links != 0) return {};
    made_ = false;
  }
  return fail(EEXIST, "make the directory beside it"_p);
}

void remove_left_asides(int parent) {
  const auto opened = sys::open_at(parent, ".", O_RDONLY | O_DIRECTORY);
  if (!opened) return;
  DirectoryList names(opened.value().get());
  while (true) {
    const auto name = names.next();
    if (!name || name.value().empty()) return;
    if (name.value().view().starts_with(prefix)) (void)remove_if_left(parent, name.value());
  }
}

}  // namespace microctr

#include "launcher/image/remove_tree.h"

#include <fcntl.h>

#include "launcher/base/directory_list.h"
#include "launcher/base/sys.h"

namespace microctr {

namespace {

Result<void> remove_entry(int directory, CString name, unsigned depth);

Result<void> remove_entries(int directory, unsigned depth) {
  Result<void> first = {};
  DirectoryList list(directory);
  while (true) {
    const auto name = list.next();
    if (!name && name.error().code != ENOENT) return name.failed();
    if (!name || name.value().empty()) return first;  // ENOENT: somebody else has removed the directory itself
    const auto removed = remove_entry(directory, name.value(), depth);
    if (!removed && first) first = removed;
  }
}

bool is_gone(const Result<void>& removed) { return removed || removed.error().code == ENOENT; }

// unlink and rmdir come first, and only their refusal leads further down: they refuse a mount point with EBUSY before
// they look into it, also a bind mount, which the device number would not show (vfs_rmdir).
Result<void> remove_entry(int directory, CString name, unsigned depth) {
  constexpr int most_rounds = 16;  // a file system may skip names while its directory shrinks
  const auto unlinked = sys::remove_file(directory, name);
  if (is_gone(unlinked)) return {};
  if (unlinked.error().code != EISDIR) return unlinked;
  for (int round = 0; round < most_rounds; ++round) {
    const auto removed = sys::remove_directory(directory, name);
    if (is_gone(removed)) return {};
    if (removed.error().code != ENOTEMPTY && removed.error().code != EEXIST) return removed;
    if (depth == deepest_tree) return fail(ENAMETOOLONG, "remove directories more than 128 levels deep in"_p);
    const auto inner = sys::open_at(directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    if (!inner) {
      if (inner.error().code == ENOENT) continue;
      return inner.failed();
    }
    TRY(remove_entries(inner.value().get(), depth + 1));
  }
  return fail(EBUSY, "remove a directory that keeps being filled:"_p);
}

}  // namespace

Result<void> remove_tree(int directory, CString name) {
  static_assert(deepest_tree == 128, "the error names it");
  const bool component = !name.empty() && name != "." && name != ".." && !contains(name.view(), '/');
  if (!component) return fail(EINVAL, "remove", name);
  const auto removed = remove_entry(directory, name, 0);
  if (!removed) return removed.error().about(name);  // the names below are not ours to keep
  return {};
}

}  // namespace microctr

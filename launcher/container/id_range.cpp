#include "launcher/container/id_range.h"

#include <fcntl.h>

#include <algorithm>

#include "launcher/base/bytes.h"
#include "launcher/base/directory_list.h"
#include "launcher/base/hash.h"
#include "launcher/base/sys.h"

namespace microctr {

namespace {

std::uint32_t ranges_of(const IdPool& pool) { return (pool.last - pool.first + 1) / id_range_size; }

class Ranges {
 public:
  static Result<Ranges> open(CString runtime) {
    TextBuffer<limits::path> path(runtime, "/ids");
    auto directory = sys::open(path.text(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    if (!directory && directory.error().code == ENOENT) {
      TRY(sys::make_directory(sys::working_directory, path.text(), 0700));
      directory = sys::open(path.text(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    }
    return Ranges(TRY(std::move(directory)));
  }

  int directory() const { return directory_.get(); }

  // False: another container has it.
  Result<bool> take(std::uint32_t number, CString container) {
    const TextBuffer<16> name(number);
    const auto made = sys::make_symlink(container, directory_.get(), name.text());
    if (made) return true;
    if (made.error().code != EEXIST) return made.failed();
    return is_of(name.text(), container);
  }

  Result<bool> is_of(CString name, CString container) const {
    Bytes<limits::name + 2> storage;
    return TRY(sys::read_link(directory_.get(), name, storage)) == container.view();
  }

  Ranges() = default;

 private:
  explicit Ranges(Fd directory) : directory_(std::move(directory)) {}

  Fd directory_;
};

}  // namespace

Result<void> claim_id_range(CString runtime, CString container, const IdFacts& ids, IdMaps& maps) {
  const std::uint32_t count = std::min(ranges_of(ids.users), ranges_of(ids.groups));
  if (count == 0) return fail(EINVAL, "choose a range of ids: the pool is smaller than 65536"_p);
  Ranges ranges = TRY(Ranges::open(runtime));
  std::uint32_t number = static_cast<std::uint32_t>(hash_of(container) % count);
  for (std::uint32_t tried = 0; tried < count; ++tried) {
    if (TRY(ranges.take(number, container))) {
      (void)maps.users.push({0, ids.users.first + number * id_range_size, id_range_size});
      (void)maps.groups.push({0, ids.groups.first + number * id_range_size, id_range_size});
      return {};
    }
    number = number + 1 == count ? 0 : number + 1;
  }
  return fail(EUSERS, "choose a range of ids: all of the pool are taken"_p, {},
              "make it larger: userns = auto:FIRST-LAST, or remove containers"_p);
}

Result<void> release_id_range(CString runtime, CString container, Keep keep) {
  if (keep == Keep::yes) return {};
  TextBuffer<limits::path> path(runtime, "/ids");
  const auto directory = sys::open(path.text(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  if (!directory) return directory.error().code == ENOENT ? Result<void>() : directory.failed();
  const int links = directory.value().get();
  DirectoryList list(links);
  for (CString name = TRY(list.next()); !name.empty(); name = TRY(list.next())) {
    Bytes<limits::name + 2> storage;
    const auto owner = sys::read_link(links, name, storage);
    if (owner && owner.value() == container.view()) TRY(sys::remove_file(links, name));
  }
  (void)sys::remove_directory(sys::working_directory, path.text());  // others may have one
  return {};
}

}  // namespace microctr

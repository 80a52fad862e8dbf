#include "launcher/container/id_range.h"

#include <fcntl.h>

#include <algorithm>
#include <optional>

#include "launcher/base/bytes.h"
#include "launcher/base/directory_list.h"
#include "launcher/base/hash.h"
#include "launcher/base/sys.h"
#include "launcher/base/text.h"

namespace microctr {

namespace {

std::uint32_t ranges_of(const IdPool& pool) { return (pool.last - pool.first + 1) / id_range_size; }

bool is_within(std::uint32_t first, const IdPool& pool) {
  return first >= pool.first && first <= pool.last && pool.last - first >= id_range_size - 1;
}

bool overlap(std::uint32_t one, std::uint32_t other) {
  return one < other ? other - one < id_range_size : one - other < id_range_size;
}

// The first ids of a range.
struct Firsts {
  std::uint32_t user;
  std::uint32_t group;

  bool overlaps(const Firsts& other) const { return overlap(user, other.user) || overlap(group, other.group); }
  bool is_within(const IdFacts& ids) const {
    return microctr::is_within(user, ids.users) && microctr::is_within(group, ids.groups);
  }
  TextBuffer<24> name() const { return TextBuffer<24>(user, "-", group); }
};

std::optional<Firsts> parse(std::string_view name) {
  const auto user = parse_number(cut(name, '-'), UINT32_MAX);
  const auto group = parse_number(name, UINT32_MAX);
  if (!user || !group) return {};
  return Firsts{static_cast<std::uint32_t>(*user), static_cast<std::uint32_t>(*group)};
}

constexpr Literal pool_name = "pool";

class Ranges {
 public:
  static Result<Ranges> open(CString runtime) {
    const TextBuffer<limits::path> path(runtime, "/ids");
    return Ranges(TRY(sys::open(path.text(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW)));
  }

  static Result<Ranges> make(CString runtime) {
    auto ranges = open(runtime);
    if (ranges || ranges.error().code != ENOENT) return ranges;
    const TextBuffer<limits::path> path(runtime, "/ids");
    TRY(sys::make_directory(sys::working_directory, path.text(), 0700));
    return open(runtime);
  }

  // Nothing: it has none within `ids`; what it had elsewhere is given back.
  Result<std::optional<Firsts>> find(CString container, const IdFacts& ids) const {
    Bytes<32> storage;
    const Owned owned(container);
    const auto range = sys::read_link(directory_.get(), owned.text(), storage);
    if (!range && range.error().code == ENOENT) return std::optional<Firsts>();
    if (range) {
      const auto firsts = parse(range.value());
      if (firsts && firsts->is_within(ids) && TRY(is_of(range.value(), container))) return firsts;
    }
    TRY(give_back(container));
    return std::optional<Firsts>();
  }

  // Whether ranges of several pools are taken, which may overlap; those of one lie side by side. Once there were two,
  // it stays so until the last range is given back.
  Result<bool> has_several_pools(const IdFacts& ids) const {
    constexpr std::string_view several = "several";
    const TextBuffer<64> ours(ids.users.first, "-", ids.users.last, ",", ids.groups.first, "-", ids.groups.last);
    Bytes<64> storage;
    const auto known = sys::read_link(directory_.get(), pool_name, storage);
    if (known && known.value() == ours.view()) return false;
    if (!known && known.error().code == ENOENT) {
      TRY(sys::make_symlink(ours.text(), directory_.get(), pool_name));
      return false;
    }
    if (!known) return known.failed();
    if (known.value() != several) {
      TRY(sys::remove_file(directory_.get(), pool_name));
      TRY(sys::make_symlink("several", directory_.get(), pool_name));
    }
    return true;
  }

  Result<bool> is_free(const Firsts& wanted) {
    if (listed_) TRY(sys::rewind_directory(directory_.get()));
    listed_ = true;
    DirectoryList list(directory_.get());
    for (CString name = TRY(list.next()); !name.empty(); name = TRY(list.next())) {
      const auto taken = parse(name.view());
      if (taken && taken->overlaps(wanted)) return false;
    }
    return true;
  }

  // False: somebody has it. The way back comes first, so that whoever is killed in between leaves nothing that nobody
  // finds.
  Result<bool> take(const Firsts& firsts, CString container) const {
    const auto name = firsts.name();
    const Owned owned(container);
    TRY(sys::make_symlink(name.text(), directory_.get(), owned.text()));
    const auto taken = sys::make_symlink(container, directory_.get(), name.text());
    if (taken) return true;
    TRY(sys::remove_file(directory_.get(), owned.text()));
    return taken.error().code == EEXIST ? Result<bool>(false) : taken.failed();
  }

  Result<void> give_back(CString container) const {
    Bytes<32> storage;
    const Owned owned(container);
    const auto range = sys::read_link(directory_.get(), owned.text(), storage);
    if (!range && range.error().code == ENOENT) return {};
    if (!range && !is_no_link(range.error().code)) return range.failed();
    if (range && TRY(is_of(range.value(), container))) TRY(sys::remove_file(directory_.get(), range.value()));
    return sys::remove_file(directory_.get(), owned.text());
  }

  // Without ranges there is a link for the pool at most.
  Result<void> remove_if_empty(CString runtime) const {
    constexpr std::uint32_t links_of_pool = 1;
    DirectoryList list(directory_.get());
    std::uint32_t left = 0;
    while (left <= links_of_pool && !TRY(list.next()).empty()) ++left;
    if (left > links_of_pool) return {};
    (void)sys::remove_file(directory_.get(), pool_name);
    const TextBuffer<limits::path> path(runtime, "/ids");
    (void)sys::remove_directory(sys::working_directory, path.text());
    return {};
  }

  Ranges() = default;

 private:
  explicit Ranges(Fd directory) : directory_(std::move(directory)) {}

  class Owned : public TextBuffer<limits::name + 2> {
   public:
    explicit Owned(CString container) : TextBuffer("=", container) {}
  };

  static bool is_no_link(int code) { return code == EINVAL || code == ENAMETOOLONG; }

  // A file that is no link, or of a longer name, is nobody's; nor is one that is missing.
  Result<bool> is_of(CString name, CString container) const {
    Bytes<limits::name + 2> storage;
    const auto owner = sys::read_link(directory_.get(), name, storage);
    if (owner) return owner.value() == container.view();
    const int code = owner.error().code;
    return is_no_link(code) || code == ENOENT ? Result<bool>(false) : owner.failed();
  }

  Fd directory_;
  bool listed_ = false;
};

Result<Firsts> choose(Ranges& ranges, CString container, const IdFacts& ids, std::uint32_t count) {
  std::uint32_t number = static_cast<std::uint32_t>(hash_of(container) % count);
  const bool several = TRY(ranges.has_several_pools(ids));
  for (std::uint32_t tried = 0; tried < count; ++tried) {
    const Firsts firsts = {ids.users.first + number * id_range_size, ids.groups.first + number * id_range_size};
    if ((!several || TRY(ranges.is_free(firsts))) && TRY(ranges.take(firsts, container))) return firsts;
    number = number + 1 == count ? 0 : number + 1;
  }
  return fail(EUSERS, "choose a range of ids"_p, {},
              "all of the pool are taken: make it larger (userns = auto:FIRST-LAST), or remove containers"_p);
}

}  // namespace

Result<void> claim_id_range(CString runtime, CString container, const IdFacts& ids, IdMaps& maps) {
  const std::uint32_t count = std::min(ranges_of(ids.users), ranges_of(ids.groups));
  if (count == 0) return fail(EINVAL, "choose a range of ids: the pool is smaller than 65536"_p);
  Ranges ranges = TRY(Ranges::make(runtime));
  const auto found = TRY(ranges.find(container, ids));
  const Firsts firsts = found ? *found : TRY(choose(ranges, container, ids, count));
  (void)maps.users.push({0, firsts.user, id_range_size});
  (void)maps.groups.push({0, firsts.group, id_range_size});
  return {};
}

Result<void> release_id_range(CString runtime, CString container, Keep keep) {
  if (keep == Keep::yes) return {};
  const auto ranges = Ranges::open(runtime);
  if (!ranges) return ranges.error().code == ENOENT ? Result<void>() : ranges.failed();
  TRY(ranges.value().give_back(container));
  return ranges.value().remove_if_empty(runtime);
}

void remove_ids_if_unused(CString runtime) {
  const TextBuffer<limits::path> path(runtime, "/ids");
  const auto removed = sys::remove_directory(sys::working_directory, path.text());
  if (removed || removed.error().code != ENOTEMPTY) return;
  if (const auto ranges = Ranges::open(runtime); ranges) (void)ranges.value().remove_if_empty(runtime);
}

}  // namespace microctr

#include "launcher/container/identity.h"

#include <fcntl.h>
#include <linux/capability.h>

#include <cstring>

#include "launcher/base/file.h"
#include "launcher/base/resolve.h"
#include "launcher/base/sys.h"
#include "launcher/base/text.h"

namespace microctr {

namespace {

constexpr std::uint64_t largest_id = 4294967294;  // 2^32 - 1 means "no change" to the kernel

// NAME:password:NUMBER:... of passwd(5) and group(5).
struct Entry {
  std::string_view name;
  std::uint32_t number = 0;
  std::string_view rest;
};

Result<std::string_view> read_database(int root, CString path, std::span<char> buffer) {
  // O_NONBLOCK: a FIFO in its place must not hold us.
  const Fd file = TRY(open_inside(root, path, O_RDONLY | O_NONBLOCK | O_NOCTTY, Symlinks::follow));
  if (!S_ISREG(TRY(sys::status(file.get())).mode)) return fail(EINVAL, "read", path);
  return read_all(file.get(), buffer);
}

std::optional<Entry> parse_entry(std::string_view line) {
  Entry entry;
  entry.name = cut(line, ':');
  (void)cut(line, ':');
  const auto number = parse_number(cut(line, ':'), largest_id);
  if (!number || entry.name.empty()) return {};
  entry.number = static_cast<std::uint32_t>(*number);
  entry.rest = line;
  return entry;
}

std::optional<Entry> find_entry(std::string_view text, const Identity& wanted) {
  while (!text.empty()) {
    const auto entry = parse_entry(cut(text, '\n'));
    if (!entry) continue;
    const bool same = wanted.name.empty() ? entry->number == wanted.number : entry->name == wanted.name.view();
    if (same) return entry;
  }
  return {};
}

Result<std::uint32_t> resolve_group(const Identity& group, int root, std::span<char> buffer) {
  if (group.name.empty()) return group.number;
  const auto entry = find_entry(TRY(read_database(root, "etc/group", buffer)), group);
  if (!entry) return fail(ENOENT, "find the group"_p, group.name);
  return entry->number;
}

void set_home(Resolved& identity, std::string_view home) {
  if (!begins_with(home, '/') || home.size() >= sizeof identity.home) home = "/";
  std::memcpy(identity.home, home.data(), home.size());
  identity.home[home.size()] = '\0';
}

Result<void> resolve_user(const Identity& user, int root, std::span<char> buffer, Resolved& identity) {
  const bool by_name = !user.name.empty();
  identity.user = user.number;
  identity.group = 0;
  set_home(identity, user.number == 0 && !by_name ? "/root" : "/");
  const auto text = read_database(root, "etc/passwd", buffer);
  if (!text) {
    // A number needs no database; a name does.
    return by_name || text.error().code != ENOENT ? Result<void>(text.error()) : Result<void>();
  }
  const auto entry = find_entry(text.value(), user);
  if (!entry) return by_name ? Result<void>(Error{ENOENT, "find the user"_p, user.name}) : Result<void>();
  std::string_view rest = entry->rest;
  const auto group = parse_number(cut(rest, ':'), largest_id);
  if (!group) return fail(EINVAL, "read the user's line in /etc/passwd"_p, user.name);
  (void)cut(rest, ':');
  identity.user = entry->number;
  identity.group = static_cast<gid_t>(*group);
  set_home(identity, cut(rest, ':'));
  return {};
}

}  // namespace

Result<void> resolve_identity(const Spec& spec, int root, Resolved& identity) {
  static char buffer[limits::passwd_file];
  if (spec.user) TRY(resolve_user(*spec.user, root, buffer, identity));
  if (spec.group) identity.group = TRY(resolve_group(*spec.group, root, buffer));
  for (const Identity& group : spec.groups) {
    if (!identity.groups.push(TRY(resolve_group(group, root, buffer)))) return fail(E2BIG, "hold the groups"_p);
  }
  return {};
}

Result<void> set_identity(const Resolved& identity, GroupList groups) {
  if (groups == GroupList::set) {
    TRY(sys::set_groups(identity.groups.view()));
  } else if (!identity.groups.empty()) {
    return fail(EINVAL, "set groups in a user namespace with the single map"_p);
  }
  if (identity.user != 0) TRY(sys::keep_capabilities());
  TRY(sys::set_group(identity.group));
  return sys::set_user(identity.user);
}

Result<void> drop_bounding(std::uint64_t kept) {
  for (unsigned capability = 0; capability < 64; ++capability) {
    if ((kept >> capability & 1) != 0) continue;
    const auto dropped = sys::drop_bounding_capability(capability);
    if (dropped) continue;
    if (dropped.error().code == EINVAL && capability > CAP_AUDIT_READ) return {};  // beyond the kernel's last one
    return dropped;
  }
  return {};
}

Result<void> set_capabilities(const Resolved& identity, std::uint64_t wanted, std::uint64_t required) {
  const std::uint64_t there = TRY(sys::permitted_capabilities());
  if ((required & ~there) != 0) return fail(EPERM, "add capabilities that we do not have ourselves"_p);
  const std::uint64_t given = wanted & there;
  if (identity.user == 0) return sys::set_capabilities(given, 0);
  TRY(sys::set_capabilities(given, given));
  for (unsigned capability = 0; capability < 64; ++capability) {
    if ((given >> capability & 1) != 0) TRY(sys::raise_ambient_capability(capability));
  }
  return {};
}

}  // namespace microctr

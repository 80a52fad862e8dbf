#include "launcher/net/network_name.h"

#include <fcntl.h>
#include <linux/netlink.h>
#include <sys/mount.h>

#include "launcher/base/bytes.h"
#include "launcher/base/file.h"
#include "launcher/base/sys.h"
#include "launcher/net/attach.h"
#include "launcher/spec/address.h"

namespace microctr {

namespace {

constexpr Literal directory = "/run/netns";
constexpr std::uint64_t namespace_file_system = 0x6e736673;  // NSFS_MAGIC

class NamePath : public TextBuffer<96> {
 public:
  explicit NamePath(CString container) : TextBuffer(directory, "/", container) {}
};

// A namespace of a process that is no more: what a killed machine has left.
bool leads_nowhere(CString path) {
  Bytes<64> target;
  const auto text = sys::read_link(sys::working_directory, path, target);
  return text && text.value().view().starts_with("/proc/") && !sys::status_at(sys::working_directory, path, 0);
}

Result<void> make_link(CString target, CString path) {
  auto made = sys::make_symlink(target, sys::working_directory, path);
  if (made) return made;
  if (made.error().code == ENOENT) {
    TRY(make_directories(directory, 0755));
  } else {
    if (made.error().code != EEXIST) return made;
    if (!leads_nowhere(path)) return {};  // somebody else's, and alive
    TRY(sys::remove_file(sys::working_directory, path));
  }
  return sys::make_symlink(target, sys::working_directory, path);
}

Result<void> make_mount(CString target, CString path) {
  TRY(make_directories(directory, 0755));
  const auto file = sys::open(path, O_WRONLY | O_CREAT | O_EXCL, 0444);
  if (!file) {
    return file.error()
        .doing("name the network namespace"_p)
        .with_hint("somebody else has this name: ip netns delete it, or name the container otherwise"_p);
  }
  const auto mounted = sys::mount(target, path, "", MS_BIND, "");
  if (!mounted) (void)sys::remove_file(sys::working_directory, path);
  return mounted;
}

enum class Mount : std::uint8_t { ours, of_another, missing };

Result<Mount> look_at_mount(CString path, std::string_view inode) {
  const Fd file = TRY(sys::open(path, O_RDONLY | O_NOFOLLOW));
  if (TRY(sys::file_system_type(file.get())) != namespace_file_system) return Mount::missing;
  const bool is_ours = parse_number(inode) == TRY(sys::status(file.get())).inode;
  return is_ours ? Mount::ours : Mount::of_another;
}

DeviceBefore device_of(const Entry& entry, TextWriter& name, TextWriter& inside_name) {
  name.add(entry.field[1]);
  inside_name.add(entry.field[2]);
  return {name.text(), inside_name.text(), parse_hardware_address(entry.field[3]).value_or(HardwareAddress()),
          static_cast<std::uint32_t>(parse_number(entry.field[4], UINT32_MAX).value_or(0)), entry.field[5] == "up"};
}

Result<void> give_back(const Entry& entry, CString path) {
  const Fd inside = TRY(sys::open(path, O_RDONLY));
  const Fd host = TRY(sys::open("/proc/self/ns/net", O_RDONLY));
  auto inside_socket = TRY(netlink::NetlinkSocket::open_in(inside.get(), NETLINK_ROUTE));
  auto host_socket = TRY(netlink::NetlinkSocket::open(NETLINK_ROUTE));
  TextBuffer<16> name;
  TextBuffer<16> inside_name;
  const DeviceBefore device = device_of(entry, name, inside_name);
  return give_back_device(inside_socket, host_socket, device, {.descriptor = host.get()});
}

// Then the mount that held the namespace for them goes.
Result<void> give_back_devices(CString runtime, CString container, CString path) {
  Register entries = TRY(Register::read(runtime));
  std::size_t cursor = 0;
  while (const auto entry = entries.next(cursor, "device", container)) {
    if (entry->field[0] != container.view()) continue;
    TRY(give_back(*entry, path));
    entries.erase(cursor);
  }
  TRY(entries.store());
  TRY(sys::unmount(path, MNT_DETACH));
  return sys::remove_file(sys::working_directory, path);
}

}  // namespace

Result<void> name_network(CString container, pid_t process, Holding holding) {
  NamePath path(container);
  const TextBuffer<40> target("/proc/", process, "/ns/net");
  return holding == Holding::mount ? make_mount(target.text(), path.text()) : make_link(target.text(), path.text());
}

Result<void> unname_network(CString runtime, CString container, std::string_view owner) {
  const std::string_view process = cut(owner, ':');
  NamePath path(container);
  Bytes<64> buffer;
  const auto link = sys::read_link(sys::working_directory, path.text(), buffer);
  if (!link) {
    if (link.error().code == ENOENT) return {};
    if (link.error().code != EINVAL) return link.failed();  // unknown what it is; EINVAL: no symbolic link
    const Mount mount = TRY(look_at_mount(path.text(), owner));
    if (mount == Mount::ours) TRY(give_back_devices(runtime, container, path.text()));
    // The launcher was killed between the file and the mount.
    if (mount == Mount::missing) TRY(sys::remove_file(sys::working_directory, path.text()));
  } else {
    const TextBuffer<40> ours("/proc/", process, "/ns/net");
    if (link.value() != ours.view()) return {};
    TRY(sys::remove_file(sys::working_directory, path.text()));
  }
  (void)sys::remove_directory(sys::working_directory, directory);  // when it was the last name
  return {};
}

Result<Fd> open_network(CString container) {
  NamePath path(container);
  return sys::open(path.text(), O_RDONLY);
}

}  // namespace microctr

#include "launcher/container/device_nodes.h"

#include <fcntl.h>
#include <sys/mount.h>

#include "launcher/base/sys.h"
#include "launcher/base/text.h"
#include "launcher/container/inside.h"

namespace microctr {

namespace {

struct Device {
  TableText<8> name;
  std::uint8_t major;
  std::uint8_t minor;
};

// Documentation/admin-guide/devices.txt
constexpr Device default_devices[] = {{"null", 1, 3},   {"zero", 1, 5},    {"full", 1, 7},
                                      {"random", 1, 8}, {"urandom", 1, 9}, {"tty", 5, 0}};

bool is_same_device(const sys::Status& status, const DeviceNode& device) {
  return (status.mode & S_IFMT) == (device.mode & S_IFMT) && status.rdev == device.number;
}

// The container's root has made it, and is its owner and group.
Result<void> give_to(int directory, CString name, const IdMaps& maps, std::uint32_t group) {
  if (group == 0) return {};
  std::uint32_t owner = 0;
  if (!maps.empty()) {
    owner = outside_of(maps.users.view(), 0).value_or(0);
    const auto root = outside_of(maps.groups.view(), 0).value_or(0);
    group = outside_of(maps.groups.view(), group).value_or(root);
  }
  return sys::change_owner(directory, name, owner, group);
}

Result<void> make_node(int directory, CString name, const DeviceNode& device, const IdMaps& maps) {
  const auto made = sys::make_node(directory, name, device.mode & (S_IFMT | 0777), device.number);
  if (made) return give_to(directory, name, maps, device.group);
  if (made.error().code != EEXIST) return made;
  const auto there = TRY(sys::status_at(directory, name, AT_SYMLINK_NOFOLLOW));
  return is_same_device(there, device) ? Result<void>() : made;
}

// The host's own node, after a look that it is what we know it as. Read-only concerns its mode and owner, which nobody
// inside shall change for the host; what is written to the device itself is no matter of the mount.
Result<void> bind_node(int directory, CString name, const DeviceNode& device) {
  const Fd source = TRY(sys::open(device.source, O_PATH));
  if (!is_same_device(TRY(sys::status(source.get())), device)) {
    return fail(ENODEV, "verify the host's device"_p, device.source);
  }
  const auto made = sys::open_at(directory, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600);
  if (!made) {
    const auto there = sys::status_at(directory, name, AT_SYMLINK_NOFOLLOW);
    return there && is_same_device(there.value(), device) ? Result<void>() : made.failed();
  }
  const Fd target = TRY(sys::open_at(directory, name, O_PATH | O_NOFOLLOW));
  return attach_copy(source.get(), target.get(), MS_RDONLY | MS_NOSUID | MS_NOEXEC);
}

Result<void> lay_node(int directory, CString name, const DeviceNode& device, NodeWay way, const IdMaps& maps) {
  const bool refused = way == NodeWay::make_allowed && (device.access & access_make) == 0;
  return way == NodeWay::bind || refused ? bind_node(directory, name, device)
                                         : make_node(directory, name, device, maps);
}

Result<Fd> enter_directory(int above, CString name) {
  const auto made = sys::make_directory(above, name, 0755);
  if (!made && made.error().code != EEXIST) return made.failed();
  return sys::open_at(above, name, O_PATH | O_DIRECTORY | O_NOFOLLOW);
}

// Walks down to the directory of the node, component by component.
Result<void> lay_device(int dev, const DeviceNode& device, NodeWay way, const IdMaps& maps) {
  Fd directory;
  int here = dev;
  std::string_view rest = device.path;
  while (contains(rest, '/')) {
    const TextBuffer<limits::path> part(cut(rest, '/'));
    if (part.size() == 0 || part.text() == ".") continue;
    if (part.text() == "..") return fail(EINVAL, "make a device outside of /dev"_p);
    Fd next = TRY(enter_directory(here, part.text()));
    directory = std::move(next);
    here = directory.get();
  }
  return lay_node(here, CString::from_terminated(rest), device, way, maps);
}

Result<void> lay_default_devices(int dev, NodeWay way, const IdMaps& maps) {
  for (const Device& device : default_devices) {
    const TextBuffer<16> source("/dev/", device.name.text());
    const DeviceNode node = {.path = device.name,
                             .source = source.text(),
                             .number = sys::device_number(device.major, device.minor),
                             .mode = S_IFCHR | 0666};
    TRY(lay_node(dev, device.name, node, way, maps));
  }
  return {};
}

}  // namespace

Result<void> lay_devices(int dev, std::span<const DeviceNode> devices, NodeWay way, const IdMaps& maps) {
  TRY(lay_default_devices(dev, way, maps));
  for (const DeviceNode& device : devices) {
    const auto laid = lay_device(dev, device, way, maps);
    if (!laid) return laid.failed().about(device.source);
  }
  return {};
}

}  // namespace microctr

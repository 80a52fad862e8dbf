// The container's own /dev: a tmpfs of ours with six nodes, the usual links and three mount points.
//
// A layer's /dev is always covered, and what is put into ours is put by descriptor (CVE-2025-31133, CVE-2025-52565).

#include <fcntl.h>
#include <sys/stat.h>

#include "launcher/base/resolve.h"
#include "launcher/base/sys.h"
#include "launcher/base/text.h"
#include "launcher/container/devices.h"
#include "launcher/container/inside.h"

namespace microctr {

namespace {

struct Device {
  TableText<8> name;
  unsigned major;
  unsigned minor;
};

// Documentation/admin-guide/devices.txt
constexpr Device devices[] = {{"null", 1, 3},   {"zero", 1, 5},    {"full", 1, 7},
                              {"random", 1, 8}, {"urandom", 1, 9}, {"tty", 5, 0}};

struct Link {
  TableText<8> name;
  TableText<16> text;
};

constexpr Link links[] = {{"fd", "/proc/self/fd"},
                          {"stdin", "/proc/self/fd/0"},
                          {"stdout", "/proc/self/fd/1"},
                          {"stderr", "/proc/self/fd/2"},
                          {"ptmx", "pts/ptmx"}};

constexpr TableText<8> directories[] = {"pts", "shm", "mqueue"};

// In a user namespace mknod is refused: the host's own node is bound, after a look that it is what its name says.
Result<void> bind_device(int dev, const Device& device) {
  TextBuffer<32> host("/dev/", device.name);
  const Fd source = TRY(sys::open(host.text(), O_PATH | O_NOFOLLOW));
  const auto status = TRY(sys::status(source.get()));
  if (!S_ISCHR(status.mode) || status.rdev != sys::device_number(device.major, device.minor)) {
    return fail(ENODEV, "verify the host's device"_p, device.name);
  }
  { const Fd made = TRY(sys::open_at(dev, device.name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600)); }
  const Fd target = TRY(sys::open_at(dev, device.name, O_PATH | O_NOFOLLOW));
  return attach_copy(source.get(), target.get(), 0);
}

}  // namespace

Result<Fd> open_own_dev(int root, CString path) {
  constexpr std::uint64_t tmpfs_magic = 0x01021994;
  Fd dev = TRY(open_inside(root, path, O_PATH | O_DIRECTORY, Symlinks::refuse));
  if (TRY(sys::file_system_type(dev.get())) != tmpfs_magic) return fail(EPERM, "verify /dev"_p);
  return dev;
}

Result<void> lay_devices(int dev, DeviceSource source) {
  for (const Device& device : devices) {
    if (source == DeviceSource::bind) {
      TRY(bind_device(dev, device));
    } else {
      TRY(sys::make_node(dev, device.name, S_IFCHR | 0666, sys::device_number(device.major, device.minor)));
    }
  }
  return {};
}

Result<void> make_devices(Inside& inside, const Step& step) {
  const Fd dev = TRY(open_own_dev(inside.root.get(), step.target));
  return lay_devices(dev.get(), step.flags != 0 ? DeviceSource::bind : DeviceSource::make);
}

Result<void> make_device_links(Inside& inside, const Step& step) {
  const Fd dev = TRY(open_own_dev(inside.root.get(), step.target));
  for (const CString directory : directories) TRY(sys::make_directory(dev.get(), directory, 0755));
  for (const Link& link : links) TRY(sys::make_symlink(link.text, dev.get(), link.name));
  return {};
}

}  // namespace microctr

// The container's own /dev: a tmpfs of ours with its nodes, the usual links and three mount points.
//
// A layer's /dev is always covered, and what is put into ours is put by descriptor (CVE-2025-31133, CVE-2025-52565).

#include <fcntl.h>

#include "launcher/base/resolve.h"
#include "launcher/base/sys.h"
#include "launcher/container/device_nodes.h"
#include "launcher/container/inside.h"

namespace microctr {

namespace {

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

}  // namespace

Result<Fd> open_own_dev(int root, CString path) {
  constexpr std::uint64_t tmpfs_magic = 0x01021994;
  Fd dev = TRY(open_inside(root, path, O_PATH | O_DIRECTORY, Symlinks::refuse));
  if (TRY(sys::file_system_type(dev.get())) != tmpfs_magic) return fail(EPERM, "verify /dev"_p);
  return dev;
}

Result<void> make_devices(Inside& inside, const Step& step) {
  const Fd dev = TRY(open_own_dev(inside.root.get(), step.target));
  const NodeWay way = step.flags != 0 ? NodeWay::bind : NodeWay::make_allowed;
  return lay_devices(dev.get(), inside.context.devices.view(), way, {});
}

Result<void> lay_links(int dev) {
  for (const CString directory : directories) TRY(sys::make_directory(dev, directory, 0755));
  for (const Link& link : links) TRY(sys::make_symlink(link.text, dev, link.name));
  return {};
}

Result<void> make_device_links(Inside& inside, const Step& step) {
  inside.dev = TRY(open_own_dev(inside.root.get(), step.target));
  return lay_links(inside.dev.get());
}

}  // namespace microctr

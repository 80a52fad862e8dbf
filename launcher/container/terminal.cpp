#include "launcher/container/terminal.h"

#include <fcntl.h>

#include "launcher/base/resolve.h"
#include "launcher/container/inside.h"

namespace microctr {

namespace {

constexpr std::uint64_t devpts_magic = 0x1cd1;

Result<void> verify_devpts(int descriptor) {
  if (TRY(sys::file_system_type(descriptor)) != devpts_magic) return fail(EPERM, "verify /dev/pts"_p);
  return {};
}

// Documentation/admin-guide/devices.txt: 5, 2 is /dev/ptmx. O_NONBLOCK: nothing that could have come into its place
// shall hold us up.
Result<Fd> open_master(int directory) {
  Fd master = TRY(sys::open_at(directory, "ptmx", O_RDWR | O_NOCTTY | O_NOFOLLOW | O_NONBLOCK));
  const auto status = TRY(sys::status(master.get()));
  if (!S_ISCHR(status.mode) || status.rdev != sys::device_number(5, 2)) return fail(ENODEV, "verify ptmx"_p);
  return master;
}

Result<Fd> open_own_master(int root) {
  const Fd pts = TRY(open_inside(root, "dev/pts", O_PATH | O_DIRECTORY, Symlinks::refuse));
  TRY(verify_devpts(pts.get()));
  Fd master = TRY(open_master(pts.get()));
  TRY(verify_devpts(master.get()));  // and not what may have been bound over it
  return master;
}

// The host's ptmx is a node of devtmpfs, or a link to that of its devpts.
Result<Fd> open_host_master() {
  const auto pts = sys::open("/dev/pts", O_PATH | O_DIRECTORY);
  if (pts) {
    if (auto master = open_master(pts.value().get()); master) return master;
  }
  const Fd dev = TRY(sys::open("/dev", O_PATH | O_DIRECTORY));
  return open_master(dev.get());
}

}  // namespace

Result<Fd> open_terminal(int root, TerminalOf whose, const sys::WindowSize& size, int channel) {
  const Fd master = whose == TerminalOf::host ? TRY(open_host_master()) : TRY(open_own_master(root));
  TRY(sys::unlock_terminal(master.get()));
  Fd slave = TRY(sys::open_slave(master.get()));
  TRY(verify_devpts(slave.get()));
  TRY(sys::set_window_size(master.get(), size));
  const TerminalNotice notice;
  TRY(sys::send_descriptor(channel, {reinterpret_cast<const char*>(&notice), sizeof notice}, master.get()));
  return slave;
}

Result<void> make_console(int root, int slave) {
  const Fd dev = TRY(open_own_dev(root, "/dev"));
  { const Fd made = TRY(sys::open_at(dev.get(), "console", O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600)); }
  const Fd target = TRY(sys::open_at(dev.get(), "console", O_PATH | O_NOFOLLOW));
  return attach_copy(slave, target.get(), 0);
}

Result<void> take_terminal(int slave, const Resolved& owner) {
  constexpr std::uint32_t same_group = UINT32_MAX;  // tty, for write(1), where the devpts has it
  if (TRY(sys::status(slave)).user != owner.user) TRY(sys::change_owner(slave, "", owner.user, same_group));
  TRY(sys::change_mode(slave, 0620));
  TRY(sys::set_controlling_terminal(slave));
  for (const int stream : {0, 1, 2}) TRY(sys::duplicate(slave, stream));
  return {};
}

}  // namespace microctr

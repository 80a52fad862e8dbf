#include "init/boot.h"

#include <fcntl.h>
#include <sys/mount.h>

#include "launcher/base/log.h"
#include "launcher/base/sys.h"
#include "launcher/base/text.h"

namespace microctr {

namespace {

void complain(const Error& error) { log_failure("boot", error); }

struct EarlyMount {
  TableText<9> type;
  TableText<15> target;
  TableText<28> options;
  std::uint16_t mode;
  std::uint16_t flags;
};

constexpr std::uint16_t safe = MS_NOSUID | MS_NODEV | MS_NOEXEC;

constexpr EarlyMount early_mounts[] = {
    {"proc", "/proc", "", 0555, safe},
    {"sysfs", "/sys", "", 0555, safe},
    {"devtmpfs", "/dev", "mode=755", 0755, MS_NOSUID},
    {"devpts", "/dev/pts", "mode=620,gid=5,ptmxmode=666", 0755, MS_NOSUID | MS_NOEXEC},
    {"tmpfs", "/dev/shm", "mode=1777", 01777, MS_NOSUID | MS_NODEV},
    {"tmpfs", "/run", "mode=755", 0755, MS_NOSUID | MS_NODEV},
    {"cgroup2", "/sys/fs/cgroup", "", 0555, safe},
};

bool is_mount_point(CString directory) {
  TextBuffer<256> above(directory, "/..");
  const auto here = sys::status_at(sys::working_directory, directory, 0);
  const auto parent = sys::status_at(sys::working_directory, above.text(), 0);
  return here && parent && here.value().device != parent.value().device;
}

Result<void> move_root() {
  constexpr CString place = "/.microctr-root";
  const auto made = sys::make_directory(sys::working_directory, place, 0700);
  if (!made && made.error().code != EEXIST) return made;
  TRY(sys::mount("/", place, "", MS_BIND, ""));
  TRY(sys::change_directory(place));
  TRY(sys::mount(".", "/", "", MS_MOVE, ""));
  TRY(sys::change_root("."));
  TRY(sys::change_directory("/"));
  return sys::remove_directory(sys::working_directory, place);
}

}  // namespace

bool is_initramfs() {
  constexpr std::uint64_t ramfs_magic = 0x858458f6;
  constexpr std::uint64_t tmpfs_magic = 0x01021994;
  const auto root = sys::open("/", O_PATH | O_DIRECTORY);
  if (!root) return false;
  const auto type = sys::file_system_type(root.value().get());
  return type && (type.value() == ramfs_magic || type.value() == tmpfs_magic);
}

void make_root_pivotable() {
  if (!is_initramfs()) return;
  if (const auto moved = move_root(); !moved) complain(moved.error());
}

void mount_early_file_systems() {
  for (const EarlyMount& early : early_mounts) {
    const auto made = sys::make_directory(sys::working_directory, early.target, early.mode);
    if (!made && made.error().code != EEXIST) complain(made.error());
    if (is_mount_point(early.target)) continue;  // a boot loader's stage or the kernel (devtmpfs) was first
    const auto mounted = sys::mount(early.type, early.target, early.type, early.flags, early.options);
    if (!mounted) complain(mounted.error());
  }
}

// What process 1 says itself must not wait for a terminal that is stopped (Ctrl-S): it has a description of its own,
// which loses what does not fit.
void open_console() {
  for (int stream = 0; stream <= 2; ++stream) {
    auto console = sys::open("/dev/console", O_RDWR | O_NOCTTY | (stream == 2 ? O_NONBLOCK : 0));
    if (!console) return;
    const int number = console.value().get();
    (void)sys::duplicate(number, stream);
    if (number == stream) (void)sys::keep_over_exec(console.value().release());  // the kernel had no console for us
  }
}

}  // namespace microctr

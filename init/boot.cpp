#include "init/boot.h"

#include <fcntl.h>
#include <sys/mount.h>

#include <cstring>

#include "launcher/base/log.h"
#include "launcher/base/sys.h"
#include "launcher/base/text.h"
#include "launcher/net/attach.h"

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

void make_root_pivotable() {
  constexpr std::uint64_t ramfs_magic = 0x858458f6;
  constexpr std::uint64_t tmpfs_magic = 0x01021994;
  const auto root = sys::open("/", O_PATH | O_DIRECTORY);
  if (!root) return;
  const auto type = sys::file_system_type(root.value().get());
  if (!type || (type.value() != ramfs_magic && type.value() != tmpfs_magic)) return;
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

void open_console() {
  const auto console = sys::open("/dev/console", O_RDWR | O_NOCTTY);
  if (!console) return;
  for (int stream = 0; stream <= 2; ++stream) (void)sys::duplicate(console.value().get(), stream);
}

void run_program(std::span<const CString> words, Wait wait) {
  if (words.empty()) return;
  const auto child = sys::clone(0);
  if (!child) return complain(child.error());
  if (child.value().pid != 0) {
    if (wait == Wait::yes) (void)sys::wait_for(child.value().pidfd.get());
    return;
  }
  (void)sys::new_session();
  sys::restore_signals();
  const char* arguments[64 + 2] = {};
  for (std::size_t index = 0; index < words.size() && index < 65; ++index) arguments[index] = words[index].c_str();
  constexpr const char* environment[] = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "TERM=linux", nullptr};
  for (const std::string_view directory : {"", "/sbin/", "/bin/", "/usr/sbin/", "/usr/bin/"}) {
    TextBuffer<512> path(directory, words[0]);
    (void)sys::execute(path.text().c_str(), arguments, environment);
  }
  complain(fail(errno, "execute", words[0]).error());
  sys::exit(127);
}

void set_up_machine(const Machine& machine) {
  if (!machine.hostname.empty()) {
    if (const auto named = sys::set_hostname(machine.hostname); !named) complain(named.error());
  }
  if (!machine.modules.empty()) {
    FixedVector<CString, 66> words;
    (void)words.push("modprobe");
    (void)words.push("-a");
    for (const CString module : machine.modules) (void)words.push(module);
    run_program(words.view(), Wait::yes);
  }
  if (const auto up = bring_up_loopback(); !up) complain(up.error());
}

}  // namespace microctr

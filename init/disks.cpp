#include "init/disks.h"

#include <fcntl.h>
#include <sys/mount.h>

#include "init/program.h"
#include "launcher/base/bytes.h"
#include "launcher/base/file.h"
#include "launcher/base/limits.h"
#include "launcher/base/log.h"
#include "launcher/base/sys_machine.h"
#include "launcher/base/text.h"
#include "launcher/container/inside.h"

namespace microctr {

namespace {

constexpr std::uint64_t device_limit_ms = 10'000;
constexpr std::uint64_t check_limit_ms = 30 * 60'000;  // a large disk after a loss of power
constexpr std::uint64_t mount_limit_ms = 2 * 60'000;   // its journal

bool is_device(CString source) { return source.view().starts_with("/dev/"); }

enum class Checked : std::uint8_t { good, damaged };

// fsck(8): 1 errors were corrected, 2 the same and the machine should start again (a mounted root only), from 4 on
// there are some left, or nothing could be done.
Checked check(const HostMount& line, Watchdog& watchdog) {
  TextBuffer<64> checker("fsck.", line.type);
  const CString words[] = {checker.text(), "-p", line.source};
  const int status = run_program(words, check_limit_ms, watchdog);
  if (status == 0) return Checked::good;
  if (status == not_found) {
    log_error("mount", line.source, ": not checked: there is no "_p, checker.view());
    return Checked::good;
  }
  if (status > 0 && status < 4) {
    log_error("mount", line.source, ": was damaged and is mended"_p);
    return Checked::good;
  }
  log_error("mount", line.source, ": the check ended with status "_p, status, "; mounted read-only"_p);
  return Checked::damaged;
}

Result<void> mount_line(const HostMount& line, Watchdog& watchdog) {
  if (is_device(line.source) && !wait_for_path(line.source, line.optional ? 0 : device_limit_ms, watchdog)) {
    return fail(ENOENT, "find the device"_p, line.source, "is its driver loaded? (module = ...)"_p);
  }
  std::uint64_t flags = line.flags;
  if (line.check && check(line, watchdog) == Checked::damaged) flags |= MS_RDONLY;
  if ((flags & MS_REMOUNT) == 0) TRY(make_directories(line.target, 0755));
  return mount_device(line.source, line.target, line.type, flags, line.data, watchdog);
}

Result<void> mount_type(CString source, CString target, CString type, std::uint64_t flags, CString data) {
  const auto mounted = sys::mount(source, target, type, flags, data);
  if (mounted || (mounted.error().code != EACCES && mounted.error().code != EROFS)) return mounted;
  return sys::mount(source, target, type, flags | MS_RDONLY, data);  // a device that cannot be written
}

// The types of /proc/filesystems that have a device, one after the other. EINVAL: the disk is of another type; whatever
// else the first one says that knows it as its own is the reason.
Result<void> mount_any_type(CString source, CString target, std::uint64_t flags, CString data) {
  Bytes<4096> buffer;
  std::string_view lines = TRY(read_file(sys::working_directory, "/proc/filesystems", buffer));
  int reason = ENODEV;
  while (!lines.empty()) {
    std::string_view line = cut(lines, '\n');
    if (line.starts_with("nodev")) continue;
    TextBuffer<64> name(next_word(line));
    const auto mounted = mount_type(source, target, name.text(), flags | MS_SILENT, data);
    if (mounted) return mounted;
    if (reason == ENODEV && mounted.error().code != EINVAL) reason = mounted.error().code;
  }
  return fail(reason, "mount", target);
}

// mount(2) does one thing at a time: when it binds it passes over ro and its like, and propagation is a call of its
// own.
Result<void> mount_all(CString source, CString target, CString type, std::uint64_t flags, CString data) {
  const std::uint64_t propagation = flags & (MS_PRIVATE | MS_SHARED | MS_SLAVE);
  flags &= ~propagation;
  if ((flags & (MS_BIND | MS_REMOUNT)) == MS_BIND) {
    const Fd tree = TRY(sys::open(source, O_PATH));
    const Fd place = TRY(sys::open(target, O_PATH));
    TRY(attach_copy(tree.get(), place.get(), flags));
  } else if (type == "auto") {
    TRY(mount_any_type(source, target, flags, data));
  } else if (propagation == 0 || type != "none" || (flags & MS_REMOUNT) != 0) {
    TRY(mount_type(source, target, type, flags, data));
  }
  if (propagation == 0) return {};
  return sys::mount("none", target, "", propagation | (flags & MS_REC), "");
}

}  // namespace

Result<void> mount_device(CString source, CString target, CString type, std::uint64_t flags, CString data,
                          Watchdog& watchdog) {
  const auto work = [&] {
    const auto mounted = mount_all(source, target, type, flags, data);
    if (!mounted) sys::exit(mounted.error().code);
  };
  const int status = run_in_child(work, mount_limit_ms, watchdog);
  if (status == 0) return {};
  if (status == ENODEV) return fail(status, "mount", target, "does the kernel know its type? (module = ...)"_p);
  if (status < 0 || status > 128) return fail(EIO, "mount", target);
  return fail(status == took_too_long ? ETIMEDOUT : status, "mount", target);
}

Result<Fd> attach_image(CString file, TextWriter& device) {
  constexpr int tries = 8;  // another may take the one that was free
  const Fd image = TRY(sys::open(file, O_RDONLY));
  const Fd control = TRY(sys::open("/dev/loop-control", O_RDWR));
  for (int once = 0; once < tries; ++once) {
    const unsigned number = TRY(sys::find_free_loop(control.get()));
    device.clear();
    device.add("/dev/loop", number);
    Fd loop = TRY(sys::open(device.text(), O_RDONLY));
    const auto attached = sys::attach_loop(loop.get(), image.get());
    if (attached) return Result<Fd>(std::move(loop));
    if (attached.error().code != EBUSY) return attached.error().about(file);
  }
  return fail(EBUSY, "find a loop device"_p, file);
}

bool mount_disks(const Machine& machine, Watchdog& watchdog) {
  bool all = true;
  for (const HostMount& line : machine.mounts) {
    const auto mounted = mount_line(line, watchdog);
    if (mounted) continue;
    if (line.optional && mounted.error().code == ENOENT) continue;
    log_failure("mount", mounted.error());
    all = all && line.optional;
  }
  return all;
}

}  // namespace microctr

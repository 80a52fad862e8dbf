#include "init/root.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <unistd.h>

#include "init/disks.h"
#include "launcher/base/directory_list.h"
#include "launcher/base/file.h"
#include "launcher/base/limits.h"
#include "launcher/base/log.h"
#include "launcher/base/sys.h"
#include "launcher/image/remove_tree.h"

namespace microctr {

namespace {

constexpr CString new_root = "/.microctr-root";

// The next word of the kernel's command line: blanks separate, except inside of "...".
std::string_view next_parameter(std::string_view& rest) {
  rest = trim(rest);
  std::size_t size = 0;
  bool quoted = false;
  while (size < rest.size() && (quoted || (rest[size] != ' ' && rest[size] != '\n'))) quoted ^= rest[size++] == '"';
  const std::string_view word = leading(rest, size);
  rest = after(rest, size + 1);
  return word;
}

CString unquoted(std::string_view value, Arena& arena) {
  if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
  const auto kept = arena.copy(value);
  return kept ? kept.value() : CString();
}

// "root" of "root=...". Quotes may be around the value or around all of it.
void read_parameter(std::string_view word, Arena& arena, RootWish& wish) {
  if (word.size() >= 2 && word.front() == '"') word = word.substr(1, word.size() - 1 - (word.back() == '"' ? 1 : 0));
  const std::string_view name = cut(word, '=');
  if (name == "root") wish.source = unquoted(word, arena);
  if (name == "rootfstype") wish.type = unquoted(word, arena);
  if (name == "rootflags") wish.options = unquoted(word, arena);
  if (name == "init") wish.program = unquoted(word, arena);
  if (name == "ro" || name == "rw") wish.writable = name == "rw";
  if (name == "rootwait") {
    const auto limit = parse_number(word, 100'000);
    wish.wait_ms = limit ? *limit * 1000 : UINT64_MAX;
  }
  if (name == "rootdelay" && wish.wait_ms != UINT64_MAX) {
    wish.wait_ms +=
        parse_number(word, 100'000).value_or(0) * 1000;  // longest; it goes on as soon as the device is there
  }
}

Result<void> mount_root(const RootWish& wish, Watchdog& watchdog) {
  const std::uint64_t forever = UINT64_MAX / 2;
  if (!wait_for_path(wish.source, wish.wait_ms == UINT64_MAX ? forever : wish.wait_ms, watchdog)) {
    return fail(ENOENT, "find the root (root=)"_p, wish.source,
                "is its driver in the initramfs, and in its init.conf (module = ...)?"_p);
  }
  const sys::Status status = TRY(sys::status_at(sys::working_directory, wish.source, 0));
  TextBuffer<32> loop;
  Fd holder;
  if (S_ISREG(status.mode)) holder = TRY(attach_image(wish.source, loop));
  TextBuffer<512> data;
  std::uint64_t flags = parse_mount_options(wish.options, data);
  if (!wish.writable || holder) flags |= MS_RDONLY;
  const auto made = sys::make_directory(sys::working_directory, new_root, 0700);
  if (!made && made.error().code != EEXIST) return made;
  const auto mounted = mount_device(holder ? loop.text() : wish.source, new_root,
                                    wish.type.empty() ? CString("auto") : wish.type, flags, data.text(), watchdog);
  if (!mounted) return mounted.error().about(wish.source);
  return {};
}

// The initramfs' own files; mount points are left (EBUSY), and with them the new root.
void empty_initramfs() {
  const auto root = sys::open("/", O_RDONLY | O_DIRECTORY);
  if (!root) return;
  for (int round = 0; round < 2; ++round) {  // removing while listing can pass names over
    const auto again = sys::open("/", O_RDONLY | O_DIRECTORY);
    if (!again) return;
    DirectoryList names(again.value().get());
    for (auto name = names.next(); name && !name.value().empty(); name = names.next()) {
      TextBuffer<300> path("/", name.value());
      if (path.view() != new_root.view()) (void)remove_tree(root.value().get(), name.value());
    }
  }
}

Result<void> move_mounts() {
  constexpr char points[] = "/dev\0/proc\0/sys\0/run\0";
  for (CString point = CString::from_pointer(points); !point.empty(); point = point.from(point.size() + 1)) {
    TextBuffer<64> target(new_root, point);
    const auto moved = sys::mount(point, target.text(), "", MS_MOVE, "");
    if (moved) continue;
    // A read-only root without the directory: the new init cannot have it either.
    log_failure({}, moved.error().doing("take along a mount"_p).about(point));
    (void)sys::unmount(point, MNT_DETACH);
  }
  return {};
}

}  // namespace

RootWish read_root_wish(std::string_view command_line, Arena& arena) {
  RootWish wish;
  wish.program = "/sbin/init";
  std::string_view rest = command_line;
  for (std::string_view word = next_parameter(rest); !word.empty(); word = next_parameter(rest)) {
    if (word == "--") break;  // what follows is init's
    read_parameter(word, arena, wish);
  }
  if (wish.source.view().starts_with("/dev/ram")) wish.source = {};  // the initramfs itself, as boot loaders say it
  return wish;
}

std::string_view read_command_line(std::span<char> buffer) {
  (void)sys::make_directory(sys::working_directory, "/proc", 0555);
  const bool mounted = sys::access(sys::working_directory, "/proc/cmdline", F_OK) ? false : true;
  if (mounted && !sys::mount("proc", "/proc", "proc", 0, "")) return {};
  const auto text = read_file(sys::working_directory, "/proc/cmdline", buffer);
  if (mounted) (void)sys::unmount("/proc", 0);
  return text ? text.value() : std::string_view();
}

Result<void> enter_root(const RootWish& wish, Watchdog& watchdog) {
  if (!wish.source.starts_with('/')) {
    return fail(EINVAL, "find the root (root=)"_p, wish.source,
                "UUID=, LABEL= and numbers are not supported: write root=/dev/..."_p);
  }
  TRY(mount_root(wish, watchdog));
  TextBuffer<limits::path> program(new_root, wish.program);
  const auto there = sys::status_at(sys::working_directory, program.text(), AT_SYMLINK_NOFOLLOW);
  if (!there) {
    (void)sys::unmount(new_root, 0);
    return fail(ENOENT, "find the new root's init"_p, wish.program, "name it on the command line: init=/..."_p);
  }
  TRY(move_mounts());
  empty_initramfs();
  TRY(sys::change_directory(new_root));
  TRY(sys::mount(".", "/", "", MS_MOVE, ""));
  TRY(sys::change_root("."));
  TRY(sys::change_directory("/"));
  watchdog.feed();
  const char* const arguments[] = {wish.program.c_str(), nullptr};
  constexpr const char* environment[] = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/", "TERM=linux", nullptr};
  sys::restore_signals();
  (void)sys::duplicate(1, 2);  // another init may not expect one that does not wait
  return sys::execute(wish.program.c_str(), arguments, environment);
}

}  // namespace microctr

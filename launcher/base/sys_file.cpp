#include <fcntl.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/mount.h>
#include <sys/sendfile.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cstdio>

#include "launcher/base/sys.h"
#include "launcher/base/sys_number.h"

namespace microctr::sys {

namespace {

Result<void> done(long result, Literal what, CString subject = {}) {
  if (result < 0) return last_error(what, subject);
  return {};
}

Result<std::size_t> counted(ssize_t result, Literal what) {
  if (result < 0) return last_error(what);
  return static_cast<std::size_t>(result);
}

}  // namespace

Result<Fd> open(CString path, int flags, unsigned mode) { return open_at(AT_FDCWD, path, flags, mode); }

Result<Fd> open_at(int directory, CString path, int flags, unsigned mode) {
  const int descriptor = retry([&] { return ::openat(directory, path.c_str(), flags | O_CLOEXEC, mode); });
  if (descriptor < 0) return last_error("open", path);
  return Fd(descriptor);
}

Result<Fd> open_in_root(int root, CString path, int flags, std::uint64_t resolve) {
  OpenHow how = {};
  how.flags = static_cast<std::uint64_t>(flags | O_CLOEXEC);
  how.resolve = resolve;
  const long descriptor = retry([&] { return ::syscall(number_openat2, root, path.c_str(), &how, sizeof how); });
  if (descriptor < 0) return last_error("open", path);
  return Fd(static_cast<int>(descriptor));
}

Result<std::size_t> read(int descriptor, std::span<char> buffer) {
  return counted(retry([&] { return ::read(descriptor, buffer.data(), buffer.size()); }), "read");
}

Result<std::size_t> read_at(int descriptor, std::span<char> buffer, std::uint64_t offset) {
  return counted(retry([&] {
                   return ::pread(descriptor, buffer.data(), buffer.size(), static_cast<off_t>(offset));
                 }),
                 "read");
}

Result<std::size_t> write(int descriptor, std::string_view text) {
  return counted(retry([&] { return ::write(descriptor, text.data(), text.size()); }), "write");
}

Result<std::size_t> write_at(int descriptor, std::string_view text, std::uint64_t offset) {
  return counted(retry([&] { return ::pwrite(descriptor, text.data(), text.size(), static_cast<off_t>(offset)); }),
                 "write");
}

Result<std::size_t> write_vector(int descriptor, std::span<const iovec> parts) {
  return counted(retry([&] { return ::writev(descriptor, parts.data(), static_cast<int>(parts.size())); }), "write");
}

Result<void> make_directory(int directory, CString path, unsigned mode) {
  return done(::mkdirat(directory, path.c_str(), mode), "make directory", path);
}

Result<void> make_node(int directory, CString path, unsigned mode, std::uint64_t device) {
  return done(::mknodat(directory, path.c_str(), mode, static_cast<dev_t>(device)), "make device node", path);
}

Result<void> make_symlink(CString text, int directory, CString path) {
  return done(::symlinkat(text.c_str(), directory, path.c_str()), "make symbolic link", path);
}

Result<void> make_link(int from_directory, CString from, int directory, CString path) {
  return done(::linkat(from_directory, from.c_str(), directory, path.c_str(), 0), "make link", path);
}

Result<void> remove_file(int directory, CString path) {
  return done(::unlinkat(directory, path.c_str(), 0), "remove", path);
}

Result<void> remove_directory(int directory, CString path) {
  return done(::unlinkat(directory, path.c_str(), AT_REMOVEDIR), "remove directory", path);
}

Result<void> rename(CString from, CString to) { return done(::rename(from.c_str(), to.c_str()), "rename", to); }

Result<void> rename_exchange(CString from, CString to) {
  constexpr unsigned exchange = 1U << 1;  // RENAME_EXCHANGE
  return done(::syscall(SYS_renameat2, AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), exchange), "exchange", to);
}

Result<void> change_mode(int descriptor, unsigned mode) { return done(::fchmod(descriptor, mode), "change mode"); }

Result<void> change_owner(int directory, CString path, std::uint32_t user, std::uint32_t group) {
  const int flags = AT_SYMLINK_NOFOLLOW | (path.empty() ? AT_EMPTY_PATH : 0);
  return done(::fchownat(directory, path.c_str(), user, group, flags), "change owner", path);
}

Result<void> truncate(int descriptor, std::uint64_t size) {
  return done(retry([&] { return ::ftruncate(descriptor, static_cast<off_t>(size)); }), "truncate");
}

Result<void> sync_file(int descriptor) { return done(retry([&] { return ::fsync(descriptor); }), "sync"); }

Result<struct stat> status(int descriptor) {
  struct stat information;
  if (::fstat(descriptor, &information) < 0) return last_error("read the status");
  return information;
}

Result<struct stat> status_at(int directory, CString path, int flags) {
  struct stat information;
  if (::fstatat(directory, path.c_str(), &information, flags) < 0) return last_error("read the status", path);
  return information;
}

Result<std::uint64_t> file_system_type(int descriptor) {
  struct statfs information;
  if (retry([&] { return ::fstatfs(descriptor, &information); }) < 0) return last_error("read the file system's type");
  return static_cast<std::uint64_t>(static_cast<std::uint32_t>(information.f_type));
}

Result<CString> read_link(int directory, CString path, std::span<char> buffer) {
  const ssize_t size = ::readlinkat(directory, path.c_str(), buffer.data(), buffer.size());
  if (size < 0) return last_error("read link", path);
  if (static_cast<std::size_t>(size) >= buffer.size()) return Error{ENAMETOOLONG, "read link", path};
  buffer[static_cast<std::size_t>(size)] = '\0';
  return CString::from_terminated({buffer.data(), static_cast<std::size_t>(size)});
}

Result<std::size_t> read_directory(int descriptor, std::span<char> buffer) {
  return counted(::syscall(SYS_getdents64, descriptor, buffer.data(), buffer.size()), "read directory");
}

Result<void> lock(int descriptor, int operation) {
  return done(retry([&] { return ::flock(descriptor, operation); }), "lock");
}

Result<void> access(int directory, CString path, int mode) {
  return done(::faccessat(directory, path.c_str(), mode, 0), "access", path);
}

Result<std::uint64_t> seek_end(int descriptor) {
  const off_t size = ::lseek(descriptor, 0, SEEK_END);
  if (size < 0) return last_error("seek");
  return static_cast<std::uint64_t>(size);
}

Result<std::size_t> copy_file(int from, int to, std::size_t size) {
  return counted(retry([&] { return ::sendfile(to, from, nullptr, size); }), "copy");
}

Result<void> change_directory(CString path) {
  return done(::chdir(path.c_str()), "change the working directory to", path);
}

Result<void> change_directory(int descriptor) { return done(::fchdir(descriptor), "change the working directory"); }

Result<void> change_root(CString path) { return done(::chroot(path.c_str()), "change root", path); }

Result<void> pivot_root_here() { return done(::syscall(SYS_pivot_root, ".", "."), "pivot root"); }

Result<CString> working_directory_path(std::span<char> buffer) {
  if (::getcwd(buffer.data(), buffer.size()) == nullptr) return last_error("read the working directory");
  return CString::from_pointer(buffer.data());
}

std::uint32_t set_umask(std::uint32_t mask) { return ::umask(mask); }

Result<void> mount(CString source, CString target, CString type, std::uint64_t flags, CString data) {
  const long result = ::mount(source.c_str(), target.c_str(), type.empty() ? nullptr : type.c_str(),
                              static_cast<unsigned long>(flags), data.empty() ? nullptr : data.c_str());
  return done(result, "mount", target);
}

Result<void> unmount(CString target, int flags) { return done(::umount2(target.c_str(), flags), "unmount", target); }

Result<Fd> open_tree(int directory, CString path, unsigned flags) {
  const long descriptor = ::syscall(number_open_tree, directory, path.c_str(), flags);
  if (descriptor < 0) return last_error("open tree", path);
  return Fd(static_cast<int>(descriptor));
}

Result<void> move_mount(int mount, int target) {
  constexpr unsigned both_empty = 0x04 | 0x40;  // MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH
  return done(::syscall(number_move_mount, mount, "", target, "", both_empty), "attach mount");
}

Result<void> set_mount_attributes(int mount, std::uint64_t set, bool recursive) {
  const MountAttributes attributes = {set, 0, 0, 0};
  const unsigned flags = AT_EMPTY_PATH | (recursive ? 0x8000U : 0U);  // AT_RECURSIVE
  return done(::syscall(number_mount_setattr, mount, "", flags, &attributes, sizeof attributes),
              "set mount attributes");
}

Result<Fd> open_watcher() {
  const int descriptor = ::inotify_init1(IN_CLOEXEC);
  if (descriptor < 0) return last_error("open a file watch");
  return Fd(descriptor);
}

Result<void> watch_path(int watcher, CString path, std::uint32_t mask) {
  return done(::inotify_add_watch(watcher, path.c_str(), mask), "watch", path);
}

}  // namespace microctr::sys

#include <fcntl.h>
#include <sys/mount.h>

#include "launcher/base/sys.h"
#include "launcher/base/sys_call.h"
#include "launcher/base/sys_number.h"

namespace microctr {

[[gnu::noinline]] void close_any_descriptor(int descriptor) {
  if (descriptor >= 0) sys::call(SYS_close, descriptor);
}

}  // namespace microctr

namespace microctr::sys {

Result<Descriptor> bare::open_at(int directory, CString path, int flags, unsigned mode) {
  // O_LARGEFILE: 32-bit kernels refuse a file of 2 GiB without it; the C library's openat adds it, too.
  return opened(call_again(SYS_openat, directory, path.c_str(), flags | O_CLOEXEC | O_LARGEFILE, mode), "open", path);
}

[[gnu::noinline]] Result<Descriptor> bare::open(CString path, int flags) {
  return open_at(working_directory, path, flags, 0);
}

Result<Descriptor> bare::open_in_root(int root, CString path, int flags, std::uint64_t resolve) {
  const OpenHow how = {static_cast<std::uint64_t>(flags | O_CLOEXEC), 0, resolve};
  return opened(call_again(number_openat2, root, path.c_str(), &how, sizeof how), "open", path);
}

Result<Descriptor> bare::create_program_in_memory(CString name) {
  constexpr unsigned executable = 0x10;  // MFD_EXEC: Linux 6.3, whose vm.memfd_noexec can make its absence a refusal
  constexpr unsigned flags = 0x3;        // MFD_CLOEXEC | MFD_ALLOW_SEALING
  long file = call(SYS_memfd_create, name.c_str(), flags | executable);
  if (file == -EINVAL) file = call(SYS_memfd_create, name.c_str(), flags);
  return opened(file, "make a file in memory"_p);
}

Result<void> seal(int memory_file) {
  constexpr int add_seals = 1033;  // F_ADD_SEALS
  constexpr int content = 0xf;     // F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE
  constexpr int mode = 0x20;       // F_SEAL_EXEC: Linux 6.3
  long sealed = call(number_fcntl, memory_file, add_seals, content | mode);
  if (sealed == -EINVAL) sealed = call(number_fcntl, memory_file, add_seals, content);
  return done(sealed, "seal a file in memory"_p);
}

Result<std::size_t> read(int descriptor, std::span<char> buffer) {
  return counted(call_again(SYS_read, descriptor, buffer.data(), buffer.size()), "read");
}

Result<std::size_t> write(int descriptor, std::string_view text) {
  return counted(call_again(SYS_write, descriptor, text.data(), text.size()), "write");
}

namespace {

// pread64, pwrite64, ftruncate64 with their 64-bit argument last.
template <typename... Arguments>
long call_with_offset(long number, std::uint64_t offset, Arguments... arguments) {
#if __SIZEOF_LONG__ == 8
  return call_again(number, arguments..., offset);
#else
  static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__);
  const auto low = static_cast<unsigned long>(offset);
  const auto high = static_cast<unsigned long>(offset >> 32);
#ifdef __arm__
  // A pair of registers begins at an even one, and all three calls have an odd number of arguments before it.
  static_assert(sizeof...(arguments) % 2 == 1);
  return call_again(number, arguments..., 0L, low, high);
#else
  return call_again(number, arguments..., low, high);
#endif
#endif
}

#ifdef SYS_ftruncate64
constexpr long number_ftruncate = SYS_ftruncate64;
#else
constexpr long number_ftruncate = SYS_ftruncate;
#endif

}  // namespace

Result<std::size_t> read_at(int descriptor, std::span<char> buffer, std::uint64_t offset) {
  return counted(call_with_offset(SYS_pread64, offset, descriptor, buffer.data(), buffer.size()), "read");
}

Result<std::size_t> write_at(int descriptor, std::string_view text, std::uint64_t offset) {
  return counted(call_with_offset(SYS_pwrite64, offset, descriptor, text.data(), text.size()), "write");
}

Result<void> change_owner_of(int descriptor, std::uint32_t user, std::uint32_t group) {
  return done(call(SYS_fchownat, descriptor, "", user, group, AT_EMPTY_PATH), "change owner"_p);
}

Result<void> truncate(int descriptor, std::uint64_t size) {
  return done(call_with_offset(number_ftruncate, size, descriptor), "truncate");
}

Result<std::size_t> write_vector(int descriptor, std::span<const iovec> parts) {
  return counted(call_again(SYS_writev, descriptor, parts.data(), parts.size()), "write");
}

Result<void> make_directory(int directory, CString path, unsigned mode) {
  return done(call(SYS_mkdirat, directory, path.c_str(), mode), "make directory"_p, path);
}

Result<void> make_node(int directory, CString path, unsigned mode, std::uint64_t device) {
  return done(call(SYS_mknodat, directory, path.c_str(), mode, static_cast<std::uint32_t>(device)),
              "make device node"_p, path);
}

Result<void> make_symlink(CString text, int directory, CString path) {
  return done(call(SYS_symlinkat, text.c_str(), directory, path.c_str()), "make symbolic link"_p, path);
}

Result<void> make_link(int from_directory, CString from, int directory, CString path) {
  return done(call(SYS_linkat, from_directory, from.c_str(), directory, path.c_str(), 0L), "make link"_p, path);
}

Result<void> remove_file(int directory, CString path) {
  return done(call(SYS_unlinkat, directory, path.c_str(), 0L), "remove", path);
}

Result<void> remove_directory(int directory, CString path) {
  return done(call(SYS_unlinkat, directory, path.c_str(), AT_REMOVEDIR), "remove directory"_p, path);
}

namespace {

Result<void> rename_with(int directory, CString from, CString to, unsigned flags, Phrase what) {
  return done(call(SYS_renameat2, directory, from.c_str(), directory, to.c_str(), flags), what, to);
}

}  // namespace

Result<void> rename(CString from, CString to) { return rename_with(AT_FDCWD, from, to, 0, "rename"); }

Result<void> rename_at(int directory, CString from, CString to) {
  return rename_with(directory, from, to, 0, "rename");
}

Result<void> rename_exchange(CString from, CString to) {
  constexpr unsigned exchange = 1U << 1;  // RENAME_EXCHANGE
  return rename_with(AT_FDCWD, from, to, exchange, "exchange");
}

Result<void> change_mode(int descriptor, unsigned mode) {
  return done(call(SYS_fchmod, descriptor, mode), "change mode"_p);
}

Result<void> change_owner(int directory, CString path, std::uint32_t user, std::uint32_t group) {
  const int flags = AT_SYMLINK_NOFOLLOW | (path.empty() ? AT_EMPTY_PATH : 0);
  return done(call(SYS_fchownat, directory, path.c_str(), user, group, flags), "change owner"_p, path);
}

Result<void> sync_file(int descriptor) { return done(call_again(SYS_fsync, descriptor), "sync"); }

Result<Status> status(int descriptor) { return status_at(descriptor, "", AT_EMPTY_PATH); }

Result<Status> status_at(int directory, CString path, int flags) {
  constexpr unsigned basic = 0x7ff;  // STATX_BASIC_STATS
  StatusAnswer answer;
  TRY(done(call(SYS_statx, directory, path.c_str(), flags | AT_NO_AUTOMOUNT, basic, &answer), "read the status"_p,
           path));
  return Status{.mode = answer.mode,
                .links = answer.links,
                .user = answer.user,
                .group = answer.group,
                .inode = answer.inode,
                .size = answer.size,
                .device = device_number(answer.dev_major, answer.dev_minor),
                .rdev = device_number(answer.rdev_major, answer.rdev_minor)};
}

namespace {

// struct statfs, as words of 4 bytes; 32-bit architectures tell its size, and have 88 bytes.
struct FileSystem {
  std::uint32_t words[64];
};
constexpr std::size_t type_word = 0;
constexpr std::size_t flags_word = (sizeof(long) == 8 ? 80 : 64) / sizeof(std::uint32_t);

Result<std::uint64_t> word_of(long answer, const FileSystem& system, std::size_t word, CString subject) {
  TRY(done(answer, "read the file system's type"_p, subject));
  return std::uint64_t{system.words[word]};
}

Result<std::uint64_t> ask_file_system(int descriptor, std::size_t word) {
  FileSystem system;
#ifdef SYS_fstatfs64
  return word_of(call_again(SYS_fstatfs64, descriptor, 88L, &system), system, word, {});
#else
  return word_of(call_again(SYS_fstatfs, descriptor, &system), system, word, {});
#endif
}

}  // namespace

Result<std::uint64_t> file_system_type(int descriptor) { return ask_file_system(descriptor, type_word); }

Result<std::uint64_t> mount_flags(int descriptor) { return ask_file_system(descriptor, flags_word); }

Result<std::uint64_t> file_system_type(CString path) {
  FileSystem system;
#ifdef SYS_statfs64
  return word_of(call_again(SYS_statfs64, path.c_str(), 88L, &system), system, type_word, path);
#else
  return word_of(call_again(SYS_statfs, path.c_str(), &system), system, type_word, path);
#endif
}

Result<CString> read_link(int directory, CString path, std::span<char> buffer) {
  const long size = call(SYS_readlinkat, directory, path.c_str(), buffer.data(), buffer.size());
  TRY(done(size, "read link"_p, path));
  if (static_cast<std::size_t>(size) >= buffer.size()) return fail(ENAMETOOLONG, "read link"_p, path);
  buffer[static_cast<std::size_t>(size)] = '\0';
  return CString::from_pointer(buffer.data());
}

Result<void> rewind_directory(int descriptor) {
  return done(call(SYS_lseek, descriptor, 0L, static_cast<long>(SEEK_SET)), "rewind the directory"_p);
}

Result<std::size_t> read_directory(int descriptor, std::span<char> buffer) {
  return counted(call(SYS_getdents64, descriptor, buffer.data(), buffer.size()), "read directory"_p);
}

Result<void> lock(int descriptor, int operation) { return done(call_again(SYS_flock, descriptor, operation), "lock"); }

Result<void> access(int directory, CString path, int mode) {
  return done(call(SYS_faccessat, directory, path.c_str(), mode), "access", path);
}

Result<std::size_t> copy_file(int from, int to, std::size_t size) {
  return counted(call_again(SYS_sendfile, to, from, 0L, size), "copy");
}

Result<void> change_directory(CString path) {
  return done(call(SYS_chdir, path.c_str()), "change the working directory to"_p, path);
}

Result<void> change_directory(int descriptor) {
  return done(call(SYS_fchdir, descriptor), "change the working directory"_p);
}

Result<void> change_root(CString path) { return done(call(SYS_chroot, path.c_str()), "change root"_p, path); }

Result<void> pivot_root_here() { return done(call(SYS_pivot_root, ".", "."), "pivot root"_p); }

Result<CString> working_directory_path(std::span<char> buffer) {
  constexpr Phrase what = "read the working directory"_p;
  TRY(done(call(SYS_getcwd, buffer.data(), buffer.size()), what));
  if (buffer[0] != '/') return fail(ENOENT, what);  // "(unreachable)/...": outside of our root
  return CString::from_pointer(buffer.data());
}

std::uint32_t set_umask(std::uint32_t mask) { return static_cast<std::uint32_t>(call(SYS_umask, mask)); }

Result<void> mount(CString source, CString target, CString type, std::uint64_t flags, CString data) {
  const long result = call(SYS_mount, source.c_str(), target.c_str(), type.empty() ? nullptr : type.c_str(),
                           static_cast<unsigned long>(flags), data.empty() ? nullptr : data.c_str());
  return done(result, "mount", target);
}

Result<void> unmount(CString target, int flags) {
  return done(call(SYS_umount2, target.c_str(), flags), "unmount", target);
}

Result<Descriptor> bare::open_tree(int directory, CString path, unsigned flags) {
  return opened(call(number_open_tree, directory, path.c_str(), flags), "open tree"_p, path);
}

Result<void> move_mount(int mount, int target) {
  constexpr unsigned both_empty = 0x04 | 0x40;  // MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH
  return done(call(number_move_mount, mount, "", target, "", both_empty), "attach mount"_p);
}

Result<void> move_mount_to(int mount, int directory, CString path) {
  constexpr unsigned from_empty = 0x04;  // MOVE_MOUNT_F_EMPTY_PATH
  return done(call(number_move_mount, mount, "", directory, path.c_str(), from_empty), "attach mount at"_p, path);
}

Result<Descriptor> bare::make_tmpfs(unsigned attributes) {
  constexpr Phrase what = "make a tmpfs"_p;
  constexpr long close_on_exec = 1;  // FSOPEN_CLOEXEC, FSMOUNT_CLOEXEC
  constexpr long create = 6;         // FSCONFIG_CMD_CREATE
  const Fd context(TRY(opened(call(number_fsopen, "tmpfs", close_on_exec, 0L), what, {})));
  TRY(done(call(number_fsconfig, context.get(), create, 0L, 0L, 0L), what));
  return opened(call(number_fsmount, context.get(), close_on_exec, attributes), what, {});
}

Result<void> set_mount_attributes(int mount, std::uint64_t set, bool recursive, int user_namespace) {
  constexpr std::uint64_t map_ids = 0x100000;  // MOUNT_ATTR_IDMAP
  MountAttributes attributes = {set, 0, 0, 0};
  if (user_namespace >= 0) {
    attributes.set |= map_ids;
    attributes.user_namespace = static_cast<std::uint64_t>(user_namespace);
  }
  const unsigned flags = AT_EMPTY_PATH | (recursive ? 0x8000U : 0U);  // AT_RECURSIVE
  return done(call(number_mount_setattr, mount, "", flags, &attributes, sizeof attributes), "set mount attributes"_p);
}

}  // namespace microctr::sys

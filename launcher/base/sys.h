// Every system call of the program, wrapped once. Nothing outside this header's implementation calls the kernel.
//
// Each function makes one system call (or says which), opens close-on-exec, retries on EINTR where that is safe,
// returns owners, and logs nothing. The Error carries errno and the call's name; the caller adds what it was for.
// Functions that need a newer kernel than 5.4 say so; the caller has the other way ready (ENOSYS).
#pragma once

#include <dirent.h>
#include <linux/types.h>
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>  // S_IS*
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/un.h>

#include <cstdint>
#include <span>
#include <string_view>

#include "launcher/base/cstring.h"
#include "launcher/base/fd.h"
#include "launcher/base/result.h"

namespace microctr::sys {

// --- files -----------------------------------------------------------------------------------------------------
inline constexpr int working_directory = -100;  // AT_FDCWD

// Each Result<Fd> here is made on the spot of the bare descriptor that the call has returned in a register.
namespace bare {
Result<Descriptor> open_at(int directory, CString path, int flags, unsigned mode);
Result<Descriptor> open(CString path, int flags);
Result<Descriptor> open_in_root(int root, CString path, int flags, std::uint64_t resolve);
Result<Descriptor> create_program_in_memory(CString name);
Result<Descriptor> open_tree(int directory, CString path, unsigned flags);
Result<Descriptor> make_tmpfs(unsigned attributes);
Result<Descriptor> owning_user_namespace(int descriptor);
Result<Descriptor> open_process(pid_t pid);
Result<Descriptor> open_signals();
Result<Descriptor> open_socket(int family, int type, int protocol);
Result<Descriptor> accept(int socket);
Result<Descriptor> open_epoll();
Result<Descriptor> open_watcher();
Result<Descriptor> duplicate_above(int from, int least);
}  // namespace bare

[[gnu::always_inline]] inline Result<Fd> open_at(int directory, CString path, int flags, unsigned mode = 0) {
  return Result<Fd>(bare::open_at(directory, path, flags, mode));
}
[[gnu::always_inline]] inline Result<Fd> open(CString path, int flags) { return Result<Fd>(bare::open(path, flags)); }
[[gnu::always_inline]] inline Result<Fd> open(CString path, int flags, unsigned mode) {
  return open_at(working_directory, path, flags, mode);
}
[[gnu::always_inline]] inline Result<Fd> open_in_root(int root, CString path, int flags,
                                                      std::uint64_t resolve) {  // openat2, Linux 5.6
  return Result<Fd>(bare::open_in_root(root, path, flags, resolve));
}
// memfd_create: an empty file that can be sealed and executed (Linux 6.3 wants to be told).
[[gnu::always_inline]] inline Result<Fd> create_program_in_memory(CString name) {
  return Result<Fd>(bare::create_program_in_memory(name));
}
Result<void> seal(
    int memory_file);  // nothing about it changes any more; from Linux 6.3 on not even that it is a program
Result<std::size_t> read(int descriptor, std::span<char> buffer);
Result<std::size_t> read_at(int descriptor, std::span<char> buffer, std::uint64_t offset);
Result<std::size_t> write(int descriptor, std::string_view text);
Result<std::size_t> write_at(int descriptor, std::string_view text, std::uint64_t offset);
Result<std::size_t> write_vector(int descriptor, std::span<const iovec> parts);
Result<void> make_directory(int directory, CString path, unsigned mode);
Result<void> make_node(int directory, CString path, unsigned mode, std::uint64_t device);
Result<void> make_symlink(CString text, int directory, CString path);
Result<void> make_link(int from_directory, CString from, int directory, CString path);
Result<void> remove_file(int directory, CString path);
Result<void> remove_directory(int directory, CString path);
Result<void> rename(CString from, CString to);
Result<void> rename_at(int directory, CString from, CString to);  // both in `directory`
Result<void> rename_exchange(CString from, CString to);
Result<void> change_mode(int descriptor, unsigned mode);
Result<void> change_owner(int directory, CString path, std::uint32_t user, std::uint32_t group);  // no follow
Result<void> change_owner_of(int descriptor, std::uint32_t user, std::uint32_t group);            // fchown
Result<void> truncate(int descriptor, std::uint64_t size);
Result<void> sync_file(int descriptor);
struct Status {            // what we ask of stat(2)
  std::uint32_t mode = 0;  // S_IF* and permissions
  std::uint32_t links = 0;
  std::uint32_t user = 0;
  std::uint32_t group = 0;
  std::uint64_t inode = 0;
  std::uint64_t size = 0;
  std::uint64_t device = 0;  // that holds the file, as device_number
  std::uint64_t rdev = 0;    // that the node stands for, as device_number
};
// As the kernel's mknod wants it: 12 bits of major, 20 bits of minor.
constexpr std::uint64_t device_number(std::uint32_t major, std::uint32_t minor) {
  return (minor & 0xff) | major << 8 | (minor & ~0xffU) << 12;
}
constexpr std::uint32_t major_of(std::uint64_t device) { return static_cast<std::uint32_t>(device >> 8 & 0xfff); }
constexpr std::uint32_t minor_of(std::uint64_t device) {
  return static_cast<std::uint32_t>((device & 0xff) | (device >> 12 & 0xfff00));
}
Result<Status> status(int descriptor);
Result<Status> status_at(int directory, CString path, int flags);
Result<std::uint64_t> file_system_type(int descriptor);  // fstatfs f_type
Result<std::uint64_t> file_system_type(CString path);    // statfs f_type
Result<std::uint64_t> mount_flags(int descriptor);       // fstatfs f_flags: MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC
Result<CString> read_link(int directory, CString path, std::span<char> buffer);
Result<std::size_t> read_directory(int descriptor, std::span<char> buffer);  // getdents64
Result<void> rewind_directory(int descriptor);
Result<void> lock(int descriptor, int operation);                   // flock
Result<void> access(int directory, CString path, int mode);         // faccessat
Result<std::size_t> copy_file(int from, int to, std::size_t size);  // sendfile

// --- directories and roots of the process -----------------------------------------------------------------------
Result<void> change_directory(CString path);
Result<void> change_directory(int descriptor);
Result<void> change_root(CString path);
Result<void> pivot_root_here();  // pivot_root(".", "."): the old root is then stacked on the working directory
Result<CString> working_directory_path(std::span<char> buffer);  // getcwd
std::uint32_t set_umask(std::uint32_t mask);

// --- mounts ----------------------------------------------------------------------------------------------------
Result<void> mount(CString source, CString target, CString type, std::uint64_t flags, CString data);
Result<void> unmount(CString target, int flags);
[[gnu::always_inline]] inline Result<Fd> open_tree(int directory, CString path, unsigned flags) {  // Linux 5.2
  return Result<Fd>(bare::open_tree(directory, path, flags));
}
Result<void> move_mount(int mount, int target);                      // onto the descriptor itself
Result<void> move_mount_to(int mount, int directory, CString path);  // a symbolic link at its end is not followed
// MOUNT_ATTR_*, Linux 5.12. With a `user_namespace` also its map of ids, on a mount that is not attached yet.
Result<void> set_mount_attributes(int mount, std::uint64_t set, bool recursive, int user_namespace = -1);
[[gnu::always_inline]] inline Result<Fd> make_tmpfs(unsigned attributes) {  // attached nowhere; three calls: fsopen(2)
  return Result<Fd>(bare::make_tmpfs(attributes));
}

// --- namespaces and identity -------------------------------------------------------------------------------------
Result<void> set_hostname(std::string_view name);
Result<void> set_domainname(std::string_view name);
Result<void> unshare(std::uint64_t flags);
Result<void> set_namespace(int descriptor, int flags);  // namespace file, or (5.8) pidfd with several flags
[[gnu::always_inline]] inline Result<Fd> owning_user_namespace(int descriptor) {  // of a namespace file: NS_GET_USERNS
  return Result<Fd>(bare::owning_user_namespace(descriptor));
}
Result<void> set_groups(std::span<const gid_t> groups);
Result<void> set_group(gid_t group);  // real, effective, saved, of this thread
Result<void> set_user(uid_t user);
// The ids that file systems see (setfsuid(2)); EPERM: they are as they were. Leaving 0 takes capabilities out of the
// effective set, which coming back puts in again.
Result<void> set_file_ids(uid_t user, gid_t group);
Result<void> drop_bounding_capability(unsigned capability);
Result<void> set_capabilities(std::uint64_t permitted, std::uint64_t inheritable);  // effective = permitted
Result<std::uint64_t> effective_capabilities();
Result<std::uint64_t> permitted_capabilities();
Result<void> clear_ambient_capabilities();
Result<void> raise_ambient_capability(unsigned capability);
Result<void> keep_capabilities();  // over the next set_user
Result<void> forbid_new_privileges();
// Classic BPF for this thread and all that comes of it (seccomp(2)); `count` instructions of 8 bytes.
Result<void> load_filter(const void* instructions, std::size_t count);
Result<void> set_dumpable(bool dumpable);
Result<void> die_with_parent(int signal);
Result<void> become_subreaper();

// --- device filters: bpf(2), Linux 4.15 ----------------------------------------------------------------------------
struct BpfInstruction {  // struct bpf_insn
  std::uint8_t code;
  std::uint8_t registers;  // the destination in the lower four bits on little-endian machines
  std::int16_t offset;
  std::int32_t immediate;
};
// Whether the kernel attaches programs that decide about devices to cgroups, and lets us.
bool has_device_programs();
// Before Linux 5.11 a program counts towards RLIMIT_MEMLOCK, which is lifted for the moment where it is too small.
namespace bare {
Result<Descriptor> load_device_program(std::span<const BpfInstruction> program);
}
[[gnu::always_inline]] inline Result<Fd> load_device_program(std::span<const BpfInstruction> program) {
  return Result<Fd>(bare::load_device_program(program));
}
// To a cgroup of v2, beside those of the cgroups above it. It goes with the cgroup.
Result<void> attach_device_program(int cgroup, int program);

// --- processes -------------------------------------------------------------------------------------------------
struct Child {
  pid_t pid = 0;  // 0: this is the child
  Fd pidfd;
};
// clone3 with SIGCHLD and a pidfd; `cgroup` >= 0 starts the child inside that cgroup (v2, Linux 5.7).
Result<Child> clone(std::uint64_t flags, int cgroup = -1);
Result<pid_t> fork();
[[noreturn]] void exit(int status);
Result<void> execute(const char* path, const char* const* arguments, const char* const* environment);
Result<void> execute_descriptor(int program, const char* const* arguments, const char* const* environment);
Result<void> may_execute(CString path);  // faccessat2 by effective ids (Linux 5.8), before that faccessat
[[gnu::always_inline]] inline Result<Fd> open_process(pid_t pid) {
  return Result<Fd>(bare::open_process(pid));
}  // pidfd_open
Result<void> signal_process(int pidfd, int signal);  // pidfd_send_signal
Result<void> signal_pid(pid_t pid, int signal);      // kill(2): for our own children before reaping
struct Ended {
  pid_t pid = 0;
  int status = 0;  // exit status, or 128 + signal
};
Result<Ended> wait_for(int pidfd);       // blocks; waitid(P_PIDFD)
Result<Ended> wait_for_any(bool block);  // pid 0: none has ended
Result<pid_t> peek_ended();              // WNOWAIT|WNOHANG: looks, does not reap; 0: none
bool is_child(pid_t pid);                // of ours, ended or not
pid_t process_id();
pid_t parent_id();
uid_t user_id();  // effective
gid_t group_id();
Result<void> new_session();
Result<void> set_controlling_terminal(int descriptor);
bool is_terminal(int descriptor);
Result<void> duplicate(int from, int to);                                        // dup2; `to` is inherited
Result<void> duplicate_closing(int from, int to);                                // dup3; exec closes `to`
Result<void> keep_over_exec(int descriptor);                                     // exec does not close it any more
[[gnu::always_inline]] inline Result<Fd> duplicate_above(int from, int least) {  // exec closes it; F_DUPFD_CLOEXEC
  return Result<Fd>(bare::duplicate_above(from, least));
}
Result<void> close_at_exec(int descriptor);  // exec closes it again
Result<void> close_from(int first);          // close_range(first, ~0) or poll, one by one
Result<void> copy_descriptors(int end);      // of a shared table, those below `end` become our own: Linux 5.9
Result<void> raise_descriptor_limit();       // the soft limit becomes the hard one, of 16384 where it may
Result<void> restore_descriptor_limit();     // what it was; nothing when it has not been raised
struct ResourceLimit {                       // struct rlimit64
  std::uint64_t current;
  std::uint64_t largest;
};
Result<ResourceLimit> resource_limit(unsigned resource);                                    // our own; prlimit64
Result<void> set_resource_limit(pid_t pid, unsigned resource, const ResourceLimit& limit);  // pid 0: our own

// --- signals ---------------------------------------------------------------------------------------------------
void block_all_signals();
void reset_signal_actions(std::uint64_t signals);  // bit N-1: signal N gets its default action
void restore_signals();                            // for a new program: default action of SIGPIPE, nothing blocked
Result<siginfo_t> wait_signal(std::uint64_t timeout_ms);   // any blocked signal; UINT64_MAX: for ever; EAGAIN
[[gnu::always_inline]] inline Result<Fd> open_signals() {  // signalfd over all signals, non-blocking
  return Result<Fd>(bare::open_signals());
}
Result<signalfd_siginfo> read_signal(int descriptor);  // EAGAIN: none
void ignore_signal(int signal);

// --- sockets, pipes, events --------------------------------------------------------------------------------------
struct Pair {
  Fd first;
  Fd second;
};
Result<Pair> make_pipe(int flags);
Result<void> set_blocking(int descriptor);
Result<void> set_non_blocking(int descriptor);
Result<Pair> make_socket_pair(int type);
[[gnu::always_inline]] inline Result<Fd> open_socket(int family, int type, int protocol) {
  return Result<Fd>(bare::open_socket(family, type, protocol));
}
Result<void> bind(int socket, const void* address, std::size_t size);
Result<void> connect(int socket, const void* address, std::size_t size);
Result<void> listen(int socket, int backlog);
[[gnu::always_inline]] inline Result<Fd> accept(int socket) {
  return Result<Fd>(bare::accept(socket));
}  // non-blocking owner
Result<std::size_t> send(int socket, std::span<const char> data);  // MSG_NOSIGNAL
// One message; `size` may exceed the buffer when the message was longer (MSG_TRUNC).
Result<std::size_t> receive(int socket, std::span<char> buffer);
Result<std::size_t> peek(int socket, std::span<char> buffer);  // the same message comes again; EAGAIN: none
// The same, and the sender's address into `address`, of which it fills at most `size` bytes.
Result<std::size_t> receive_from(int socket, std::span<char> buffer, void* address, std::size_t size);
Result<void> set_send_buffer(int socket, int bytes);
Result<void> set_option(int socket, int level, int option, int value);  // setsockopt
struct Peer {
  pid_t pid = 0;
  uid_t user = 0;
};
Result<Peer> peer_of(int socket);
// Whether a connected socket is its own other end, which TCP makes of a connection from a port to itself.
Result<bool> is_connected_to_itself(int socket);
[[gnu::always_inline]] inline Result<Fd> open_epoll() { return Result<Fd>(bare::open_epoll()); }
Result<void> watch(int epoll, int descriptor, std::uint32_t events, std::uint64_t tag);
Result<void> unwatch(int epoll, int descriptor);
Result<std::size_t> wait_events(int epoll, std::span<epoll_event> events, int timeout_ms);
Result<bool> poll_one(int descriptor, short events, int timeout_ms);  // false: time is over
Result<bool> wait_two(int first, int second, int timeout_ms);         // either is readable
[[gnu::always_inline]] inline Result<Fd> open_watcher() { return Result<Fd>(bare::open_watcher()); }  // inotify
Result<void> watch_path(int watcher, CString path, std::uint32_t mask);
Result<int> add_path_watch(int watcher, CString path, std::uint32_t mask);  // the same, and its number
Result<void> remove_path_watch(int watcher, int number);

// --- time, machine -----------------------------------------------------------------------------------------------
std::uint64_t monotonic_ms();
struct WallTime {
  std::int64_t seconds;
  std::uint32_t nanoseconds;
};
WallTime wall_time();
// Pages of private memory that lie within these bytes are zero again and cost nothing until they are used.
void forget_pages(void* begin, std::size_t size);
Result<void> sleep_ms(std::uint64_t milliseconds);
void sync();
Result<void> reboot(unsigned command);
Result<void> disable_ctrl_alt_delete();
struct KernelRelease {
  unsigned major = 0;
  unsigned minor = 0;
};
KernelRelease kernel_release();

}  // namespace microctr::sys

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/socket.h>

#include "launcher/base/sys.h"
#include "launcher/base/sys_call.h"
#include "launcher/base/sys_number.h"
#include "launcher/base/sys_terminal.h"

namespace microctr::sys {

Result<Pair> make_pipe(int flags) {
  int ends[2];
  TRY(done(call(SYS_pipe2, ends, flags | O_CLOEXEC), "make a pipe"_p));
  return Pair{Fd(ends[0]), Fd(ends[1])};
}

Result<void> set_blocking(int descriptor) { return done(call(number_fcntl, descriptor, F_SETFL, 0), "set blocking"_p); }

Result<void> set_non_blocking(int descriptor) {
  return done(call(number_fcntl, descriptor, F_SETFL, O_NONBLOCK), "set non-blocking"_p);
}

Result<Pair> make_socket_pair(int type) {
  int ends[2];
  TRY(done(call(SYS_socketpair, AF_UNIX, type | SOCK_CLOEXEC, 0, ends), "make a socket pair"_p));
  return Pair{Fd(ends[0]), Fd(ends[1])};
}

Result<Descriptor> bare::open_socket(int family, int type, int protocol) {
  return opened(call(SYS_socket, family, type | SOCK_CLOEXEC, protocol), "open a socket"_p);
}

Result<void> bind(int socket, const void* address, std::size_t size) {
  return done(call(SYS_bind, socket, address, size), "bind");
}

Result<void> connect(int socket, const void* address, std::size_t size) {
  return done(call_again(SYS_connect, socket, address, size), "connect");
}

Result<void> listen(int socket, int backlog) { return done(call(SYS_listen, socket, backlog), "listen"); }

Result<Descriptor> bare::accept(int socket) {
  return opened(call_again(SYS_accept4, socket, 0L, 0L, SOCK_CLOEXEC | SOCK_NONBLOCK), "accept");
}

Result<std::size_t> send(int socket, std::span<const char> data) {
  return counted(call_again(SYS_sendto, socket, data.data(), data.size(), MSG_NOSIGNAL, 0L, 0L), "send");
}

Result<std::size_t> receive(int socket, std::span<char> buffer) {
  return counted(call_again(SYS_recvfrom, socket, buffer.data(), buffer.size(), MSG_TRUNC, 0L, 0L), "receive");
}

Result<std::size_t> peek(int socket, std::span<char> buffer) {
  return counted(
      call_again(SYS_recvfrom, socket, buffer.data(), buffer.size(), MSG_TRUNC | MSG_PEEK | MSG_DONTWAIT, 0L, 0L),
      "receive");
}

Result<std::size_t> receive_from(int socket, std::span<char> buffer, void* address, std::size_t size) {
  auto length = static_cast<int>(size);
  return counted(call_again(SYS_recvfrom, socket, buffer.data(), buffer.size(), MSG_TRUNC, address, &length),
                 "receive");
}

Result<void> set_send_buffer(int socket, int bytes) {
  return done(call(SYS_setsockopt, socket, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes), "set the send buffer"_p);
}

Result<void> set_option(int socket, int level, int option, int value) {
  return done(call(SYS_setsockopt, socket, level, option, &value, sizeof value), "set a socket option"_p);
}

Result<Peer> peer_of(int socket) {
  struct {
    pid_t pid;
    uid_t user;
    gid_t group;
  } credentials = {};  // struct ucred, which the C library shows only to GNU sources
  int size = sizeof credentials;
  TRY(done(call(SYS_getsockopt, socket, SOL_SOCKET, SO_PEERCRED, &credentials, &size), "read who is calling"_p));
  return Peer{credentials.pid, credentials.user};
}

Result<bool> is_connected_to_itself(int socket) {
  char own[128] = {};
  char other[sizeof own] = {};
  int size = sizeof own;
  int other_size = sizeof other;
  TRY(done(call(SYS_getsockname, socket, static_cast<char*>(own), &size), "read a socket's name"_p));
  TRY(done(call(SYS_getpeername, socket, static_cast<char*>(other), &other_size), "read a socket's name"_p));
  return size == other_size && __builtin_memcmp(own, other, sizeof own) == 0;
}

Result<Descriptor> bare::open_epoll() {
  return opened(call(SYS_epoll_create1, EPOLL_CLOEXEC), "open the event queue"_p);
}

Result<void> watch(int epoll, int descriptor, std::uint32_t events, std::uint64_t tag) {
  epoll_event event = {};
  event.events = events;
  event.data.u64 = tag;
  return done(call(SYS_epoll_ctl, epoll, EPOLL_CTL_ADD, descriptor, &event), "watch");
}

Result<void> unwatch(int epoll, int descriptor) {
  return done(call(SYS_epoll_ctl, epoll, EPOLL_CTL_DEL, descriptor, 0L), "unwatch");
}

Result<std::size_t> wait_events(int epoll, std::span<epoll_event> events, int timeout_ms) {
  const long count = call(SYS_epoll_pwait, epoll, events.data(), static_cast<int>(events.size()), timeout_ms, 0L, 0L);
  return counted(count == -EINTR ? 0 : count, "wait for events"_p);
}

Result<bool> wait_for_any_of(std::span<pollfd> entries, int timeout_ms) {
  Time limit = {timeout_ms / 1000, timeout_ms % 1000 * 1'000'000L};
  const Time* const until = timeout_ms < 0 ? nullptr : &limit;  // the kernel keeps the rest in it
  return TRY(counted(call_again(number_ppoll, entries.data(), entries.size(), until, 0L, 0L), "poll")) > 0;
}

Result<bool> poll_one(int descriptor, short events, int timeout_ms) {
  pollfd entry = {descriptor, events, 0};
  return wait_for_any_of({&entry, 1}, timeout_ms);
}

Result<bool> wait_two(int first, int second, int timeout_ms) {
  pollfd entries[2] = {{first, POLLIN, 0}, {second, POLLIN, 0}};
  return wait_for_any_of(entries, timeout_ms);
}

Result<Descriptor> bare::open_watcher() {
  return opened(call(SYS_inotify_init1, IN_CLOEXEC | IN_NONBLOCK), "open a file watch"_p);
}

Result<void> watch_path(int watcher, CString path, std::uint32_t mask) {
  return done(call(SYS_inotify_add_watch, watcher, path.c_str(), mask), "watch", path);
}

Result<int> add_path_watch(int watcher, CString path, std::uint32_t mask) {
  const long number = call(SYS_inotify_add_watch, watcher, path.c_str(), mask);
  TRY(done(number, "watch", path));
  return static_cast<int>(number);
}

Result<void> remove_path_watch(int watcher, int number) {
  return done(call(SYS_inotify_rm_watch, watcher, number), "unwatch");
}

}  // namespace microctr::sys

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "launcher/base/sys.h"
#include "launcher/base/sys_number.h"

namespace microctr::sys {

namespace {

Result<void> done(long result, Literal what) {
  if (result < 0) return last_error(what);
  return {};
}

}  // namespace

Result<Pair> make_pipe(int flags) {
  int ends[2];
  if (::pipe2(ends, flags | O_CLOEXEC) < 0) return last_error("make a pipe");
  return Pair{Fd(ends[0]), Fd(ends[1])};
}

Result<void> set_blocking(int descriptor) { return done(::fcntl(descriptor, F_SETFL, 0), "set blocking"); }

Result<void> set_non_blocking(int descriptor) {
  return done(::fcntl(descriptor, F_SETFL, O_NONBLOCK), "set non-blocking");
}

Result<Pair> make_socket_pair(int type) {
  int ends[2];
  if (::socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends) < 0) return last_error("make a socket pair");
  return Pair{Fd(ends[0]), Fd(ends[1])};
}

Result<Fd> open_socket(int family, int type, int protocol) {
  const int descriptor = ::socket(family, type | SOCK_CLOEXEC, protocol);
  if (descriptor < 0) return last_error("open a socket");
  return Fd(descriptor);
}

Result<void> bind(int socket, const void* address, std::size_t size) {
  return done(::bind(socket, static_cast<const sockaddr*>(address), static_cast<socklen_t>(size)), "bind");
}

Result<void> connect(int socket, const void* address, std::size_t size) {
  return done(retry([&] {
                return ::connect(socket, static_cast<const sockaddr*>(address), static_cast<socklen_t>(size));
              }),
              "connect");
}

Result<void> listen(int socket, int backlog) { return done(::listen(socket, backlog), "listen"); }

Result<Fd> accept(int socket) {
  const int descriptor =
      retry([&] { return ::accept4(socket, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK); });
  if (descriptor < 0) return last_error("accept");
  return Fd(descriptor);
}

Result<std::size_t> send(int socket, std::span<const char> data) {
  const ssize_t size = retry([&] { return ::send(socket, data.data(), data.size(), MSG_NOSIGNAL); });
  if (size < 0) return last_error("send");
  return static_cast<std::size_t>(size);
}

Result<std::size_t> receive(int socket, std::span<char> buffer) {
  const ssize_t size = retry([&] { return ::recv(socket, buffer.data(), buffer.size(), MSG_TRUNC); });
  if (size < 0) return last_error("receive");
  return static_cast<std::size_t>(size);
}

Result<std::size_t> receive_from(int socket, std::span<char> buffer, void* address, std::size_t size) {
  socklen_t length = static_cast<socklen_t>(size);
  const ssize_t received = retry([&] {
    return ::recvfrom(socket, buffer.data(), buffer.size(), MSG_TRUNC, static_cast<sockaddr*>(address), &length);
  });
  if (received < 0) return last_error("receive");
  return static_cast<std::size_t>(received);
}

Result<void> set_send_buffer(int socket, int bytes) {
  return done(::setsockopt(socket, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes), "set the send buffer");
}

Result<Peer> peer_of(int socket) {
  struct {
    pid_t pid;
    uid_t user;
    gid_t group;
  } credentials = {};  // struct ucred, which the C library shows only to GNU sources
  socklen_t size = sizeof credentials;
  if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &credentials, &size) < 0) {
    return last_error("read who is calling");
  }
  return Peer{credentials.pid, credentials.user};
}

Result<Fd> open_epoll() {
  const int descriptor = ::epoll_create1(EPOLL_CLOEXEC);
  if (descriptor < 0) return last_error("open the event queue");
  return Fd(descriptor);
}

Result<void> watch(int epoll, int descriptor, std::uint32_t events, std::uint64_t tag) {
  epoll_event event = {};
  event.events = events;
  event.data.u64 = tag;
  return done(::epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event), "watch");
}

Result<void> unwatch(int epoll, int descriptor) {
  return done(::epoll_ctl(epoll, EPOLL_CTL_DEL, descriptor, nullptr), "unwatch");
}

Result<std::size_t> wait_events(int epoll, std::span<epoll_event> events, int timeout_ms) {
  const int count = ::epoll_wait(epoll, events.data(), static_cast<int>(events.size()), timeout_ms);
  if (count < 0) {
    if (errno == EINTR) return static_cast<std::size_t>(0);
    return last_error("wait for events");
  }
  return static_cast<std::size_t>(count);
}

Result<bool> poll_one(int descriptor, short events, int timeout_ms) {
  pollfd entry = {descriptor, events, 0};
  const int count = retry([&] { return ::poll(&entry, 1, timeout_ms); });
  if (count < 0) return last_error("poll");
  return count > 0;
}

Result<bool> wait_two(int first, int second, int timeout_ms) {
  pollfd entries[2] = {{first, POLLIN, 0}, {second, POLLIN, 0}};
  const int count = retry([&] { return ::poll(entries, 2, timeout_ms); });
  if (count < 0) return last_error("poll");
  return count > 0;
}

}  // namespace microctr::sys

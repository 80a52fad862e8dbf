#include "launcher/supervisor/ready_socket.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/inotify.h>

#include <cstring>

#include "launcher/base/resolve.h"
#include "launcher/base/sys.h"
#include "launcher/base/sys_terminal.h"
#include "launcher/base/text.h"
#include "launcher/spec/address.h"

namespace microctr {

namespace {

constexpr int socket_flags = SOCK_STREAM | SOCK_NONBLOCK;

Result<Fd> open_root(const FirstProcess& first) {
  const TextBuffer<32> path("/proc/", first.pid, "/root");
  Fd root = TRY(sys::open(path.text(), O_PATH | O_DIRECTORY));
  TRY(sys::signal_process(first.pidfd, 0));
  return root;
}

Result<Fd> open_namespace(const FirstProcess& first, Literal kind) {
  const TextBuffer<40> path("/proc/", first.pid, "/ns/", kind);
  Fd file = TRY(sys::open(path.text(), O_RDONLY));
  TRY(sys::signal_process(first.pidfd, 0));
  return file;
}

// Staying in the container's network would be worse than waiting; it fails for want of memory only, for a moment.
void come_back(int home) {
  while (!sys::set_namespace(home, CLONE_NEWNET)) (void)sys::sleep_ms(1);
}

// Who may not enter the network alone may do so by the user namespace that owns it, for which there is no way back.
Result<Fd> open_by_child(const FirstProcess& first, int network, int family) {
  constexpr int most_ms = 2000;
  const Fd users = TRY(open_namespace(first, "user"));
  auto [ours, theirs] = TRY(sys::make_socket_pair(SOCK_SEQPACKET));
  const auto child = TRY(sys::clone(0));
  if (child.pid == 0) {
    const char word = 1;
    if (!sys::set_namespace(users.get(), CLONE_NEWUSER) || !sys::set_namespace(network, CLONE_NEWNET)) sys::exit(1);
    const auto socket = sys::open_socket(family, socket_flags, 0);
    if (!socket || !sys::send_descriptor(theirs.get(), {&word, 1}, socket.value().get())) sys::exit(1);
    sys::exit(0);
  }
  theirs.close();
  char word;
  std::size_t size = 0;
  const auto heard = sys::poll_one(ours.get(), POLLIN, most_ms);
  auto socket = heard && heard.value() ? sys::receive_descriptor(ours.get(), {&word, 1}, size)
                                       : Result<Fd>(fail(ETIMEDOUT, "enter the network"_p));
  (void)sys::signal_process(child.pidfd.get(), SIGKILL);
  (void)sys::wait_for(child.pidfd.get());
  if (socket && !socket.value()) return fail(EPERM, "enter the network"_p);
  return socket;
}

}  // namespace

std::optional<ReadyPort> parse_ready_port(std::string_view text) {
  ReadyPort ready;
  const std::size_t colon = last_position(text, ':');
  const auto port = parse_number(after(text, colon + 1), UINT16_MAX);  // npos + 1 is 0
  if (!port || *port == 0) return {};
  ready.port = static_cast<std::uint16_t>(*port);
  std::string_view host = colon == std::string_view::npos ? std::string_view("127.0.0.1") : leading(text, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  const auto address = parse_address(host);
  if (!address) return {};
  ready.address = *address;
  return ready;
}

Result<Fd> open_socket_inside(const FirstProcess& first, int family) {
  const Fd network = TRY(open_namespace(first, "net"));
  const Fd home = TRY(sys::open("/proc/self/ns/net", O_RDONLY));
  if (TRY(sys::status(network.get())).inode == TRY(sys::status(home.get())).inode) {
    return sys::open_socket(family, socket_flags, 0);
  }
  const auto entered = sys::set_namespace(network.get(), CLONE_NEWNET);
  if (!entered && entered.error().code == EPERM) return open_by_child(first, network.get(), family);
  if (!entered) return entered.failed();
  auto socket = sys::open_socket(family, socket_flags, 0);
  come_back(home.get());
  return socket;
}

Connected connect_port(int socket, const ReadyPort& port) {
  union {
    sockaddr_in four;
    sockaddr_in6 six;
  } name = {};
  std::size_t size = sizeof name.four;
  if (port.address.family == AF_INET) {
    name.four.sin_family = AF_INET;
    name.four.sin_port = __builtin_bswap16(port.port);
    std::memcpy(&name.four.sin_addr, port.address.bytes, sizeof name.four.sin_addr);
  } else {
    size = sizeof name.six;
    name.six.sin6_family = AF_INET6;
    name.six.sin6_port = __builtin_bswap16(port.port);
    std::memcpy(&name.six.sin6_addr, port.address.bytes, sizeof name.six.sin6_addr);
  }
  const auto made = sys::connect(socket, &name, size);
  if (made || made.error().code == EISCONN) return Connected::yes;
  return made.error().code == EINPROGRESS || made.error().code == EALREADY ? Connected::coming : Connected::no;
}

Result<Connected> connect_path(const FirstProcess& first, CString path) {
  const Fd root = TRY(open_root(first));
  const auto node = open_inside(root.get(), path, O_PATH, Symlinks::follow);
  if (!node) return Connected::no;
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  TextWriter(address.sun_path).add("/proc/self/fd/", node.value().get());
  for (const int type : {SOCK_STREAM, SOCK_SEQPACKET, SOCK_DGRAM}) {
    const Fd socket = TRY(sys::open_socket(AF_UNIX, type | SOCK_NONBLOCK, 0));
    const auto made = sys::connect(socket.get(), &address, sizeof address);
    if (made) return Connected::yes;
    if (made.error().code != EPROTOTYPE) break;
  }
  return Connected::no;
}

Result<void> watch_ready_path(const FirstProcess& first, CString path, int watcher) {
  constexpr std::uint32_t mask = IN_CREATE | IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;
  const Fd root = TRY(open_root(first));
  constexpr int most_rounds = 16;
  std::size_t known = std::string_view::npos;  // length of the directory that is watched
  for (int round = 0; round < most_rounds; ++round) {
    std::size_t length = path.size();
    Fd directory;
    while (!directory) {
      length = length == 0 ? std::string_view::npos : last_position(leading(path.view(), length), '/');
      const bool top = length == 0 || length == std::string_view::npos;
      const TextBuffer<limits::path> parent(top ? std::string_view("/") : leading(path.view(), length));
      auto opened = open_inside(root.get(), parent.text(), O_PATH | O_DIRECTORY, Symlinks::follow);
      if (!opened && top) return opened.failed();
      if (opened) directory = opened.take();
      if (top) length = 0;
    }
    const TextBuffer<32> name("/proc/self/fd/", directory.get());
    TRY(sys::watch_path(watcher, name.text(), mask));
    if (length == known) return {};  // nothing has come between looking and watching
    known = length;
  }
  return {};
}

}  // namespace microctr

#include "launcher/net/port_owner.h"

#include <fcntl.h>

#include <cstring>

#include "launcher/base/bytes.h"
#include "launcher/base/directory_list.h"
#include "launcher/base/file.h"
#include "launcher/base/limits.h"
#include "launcher/base/sys.h"

namespace microctr {

namespace {

constexpr std::uint64_t time_wait = 6;  // TCP_TIME_WAIT of the kernel's net/tcp_states.h

struct Sockets {
  std::uint16_t port;
  std::uint64_t inode = 0;  // of one that lives
  unsigned lingering = 0;
  unsigned living = 0;
};

// As the kernel writes them: upper-case digits.
std::optional<unsigned> parse_hexadecimal(std::string_view text) {
  if (text.empty() || text.size() > 4) return {};
  unsigned number = 0;
  for (const char character : text) {
    const bool is_letter = character >= 'A' && character <= 'F';
    if (!is_letter && (character < '0' || character > '9')) return {};
    number = number << 4 | static_cast<unsigned>(is_letter ? character - 'A' + 10 : character - '0');
  }
  return number;
}

// A line of proc_net_tcp(5): number, local address, remote address, state, four more, user, timeout, inode.
void note_line(std::string_view line, Sockets& sockets) {
  (void)next_word(line);
  std::string_view local = next_word(line);
  (void)cut(local, ':');
  (void)next_word(line);
  const auto state = parse_hexadecimal(next_word(line));
  for (int field = 0; field < 5; ++field) (void)next_word(line);
  const auto inode = parse_number(next_word(line));
  if (!state || !inode || parse_hexadecimal(local) != sockets.port) return;
  if (*state == time_wait) {
    ++sockets.lingering;
    return;
  }
  ++sockets.living;
  if (*inode != 0) sockets.inode = *inode;
}

// The list piece by piece: it has a line for each connection.
void read_list(CString path, Sockets& sockets) {
  Bytes<4096> buffer;
  const auto file = sys::open(path, O_RDONLY);
  std::size_t filled = 0;
  while (file) {
    const auto count = sys::read(file.value().get(), {buffer + filled, sizeof buffer - filled});
    if (!count || count.value() == 0) return;
    std::string_view rest(buffer, filled + count.value());
    while (contains(rest, '\n')) note_line(cut(rest, '\n'), sockets);
    filled = rest.size();
    std::memmove(buffer, rest.data(), filled);
  }
}

bool has_socket(CString process, std::string_view wanted) {
  TextBuffer<64> path("/proc/", process, "/fd");
  const auto directory = sys::open(path.text(), O_RDONLY | O_DIRECTORY);
  if (!directory) return false;
  DirectoryList list(directory.value().get());
  while (true) {
    const auto name = list.next();
    if (!name || name.value().empty()) return false;
    Bytes<64> target;
    const auto link = sys::read_link(directory.value().get(), name.value(), target);
    if (link && link.value() == wanted) return true;
  }
}

// Writes "nginx (pid 123)".
void name_holder(std::uint64_t inode, TextWriter& text) {
  const TextBuffer<40> wanted("socket:[", inode, "]");
  const auto directory = sys::open("/proc", O_RDONLY | O_DIRECTORY);
  if (!directory) return;
  DirectoryList list(directory.value().get());
  while (true) {
    const auto name = list.next();
    if (!name || name.value().empty()) return;
    if (!parse_number(name.value(), INT32_MAX) || !has_socket(name.value(), wanted.view())) continue;
    TextBuffer<64> path("/proc/", name.value(), "/comm");
    Bytes<64> buffer;
    const auto command = read_file(sys::working_directory, path.text(), buffer);
    std::string_view line = command ? command.value() : std::string_view("a process");
    text.add(cut(line, '\n'), " (pid ", name.value(), ")");
    return;
  }
}

}  // namespace

PortUse find_port_owner(std::uint16_t port, bool udp) {
  static char storage[128];
  Sockets sockets = {port};
  read_list(udp ? CString("/proc/self/net/udp") : CString("/proc/self/net/tcp"), sockets);
  read_list(udp ? CString("/proc/self/net/udp6") : CString("/proc/self/net/tcp6"), sockets);
  TextWriter text(storage);
  if (sockets.inode != 0) name_holder(sockets.inode, text);
  if (sockets.living != 0 && text.size() == 0) text.add("another process"_p);
  return {text.text(), sockets.living == 0 && sockets.lingering != 0};
}

}  // namespace microctr

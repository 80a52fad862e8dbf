#include "launcher/base/sys_terminal.h"

#include <fcntl.h>
#include <sys/ioctl.h>

#include <cstring>

#include "launcher/base/sys_call.h"
#include "launcher/base/sys_number.h"

namespace microctr::sys {

Result<WindowSize> window_size(int terminal) {
  WindowSize size;
  TRY(done(call(SYS_ioctl, terminal, TIOCGWINSZ, &size), "read the size of the terminal"_p));
  return size;
}

Result<void> set_window_size(int terminal, const WindowSize& size) {
  return done(call(SYS_ioctl, terminal, TIOCSWINSZ, &size), "set the size of the terminal"_p);
}

Result<TerminalSettings> terminal_settings(int terminal) {
  TerminalSettings settings;
  TRY(done(call(SYS_ioctl, terminal, TCGETS, &settings), "read the settings of the terminal"_p));
  return settings;
}

Result<void> set_terminal_settings(int terminal, const TerminalSettings& settings) {
  return done(call_again(SYS_ioctl, terminal, TCSETS, &settings), "set the settings of the terminal"_p);
}

bool may_use(int terminal) {
  pid_t group = 0;
  return call(SYS_ioctl, terminal, TIOCGPGRP, &group) != 0 || group == call(SYS_getpgid, 0L);
}

Result<void> unlock_terminal(int master) {
  const int locked = 0;
  return done(call(SYS_ioctl, master, TIOCSPTLCK, &locked), "unlock the terminal"_p);
}

Result<Descriptor> bare::open_slave(int master) {
  constexpr unsigned get_peer = 0x5441;  // TIOCGPTPEER, Linux 4.13
  return opened(call(SYS_ioctl, master, get_peer, O_RDWR | O_NOCTTY | O_CLOEXEC), "open the terminal"_p);
}

namespace {

// A control message with room for one descriptor, and a message header that has it.
struct Envelope {
  explicit Envelope(std::span<const char> data)
      : part{const_cast<char*>(data.data()), data.size()} {  // NOLINT(cppcoreguidelines-pro-type-const-cast)
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    header.msg_control = static_cast<unsigned char*>(control);
    header.msg_controllen = sizeof control;
  }
  Envelope(const Envelope&) = delete;
  Envelope& operator=(const Envelope&) = delete;

  iovec part;
  msghdr header = {};
  alignas(cmsghdr) unsigned char control[CMSG_SPACE(sizeof(int))] = {};
};

}  // namespace

Result<void> send_descriptor(int socket, std::span<const char> data, int descriptor) {
  Envelope envelope(data);
  cmsghdr* const control = CMSG_FIRSTHDR(&envelope.header);
  control->cmsg_level = SOL_SOCKET;
  control->cmsg_type = SCM_RIGHTS;
  control->cmsg_len = CMSG_LEN(sizeof descriptor);
  std::memcpy(CMSG_DATA(control), &descriptor, sizeof descriptor);
  return done(call_again(SYS_sendmsg, socket, &envelope.header, MSG_NOSIGNAL), "send a descriptor"_p);
}

Result<Descriptor> bare::receive_descriptor(int socket, std::span<char> buffer, std::size_t& size) {
  Envelope envelope(buffer);
  size = TRY(
      counted(call_again(SYS_recvmsg, socket, &envelope.header, MSG_TRUNC | MSG_CMSG_CLOEXEC), "receive a message"_p));
  Descriptor descriptor;
  const cmsghdr* const control = CMSG_FIRSTHDR(&envelope.header);
  if (control != nullptr && control->cmsg_level == SOL_SOCKET && control->cmsg_type == SCM_RIGHTS) {
    std::memcpy(&descriptor.number, CMSG_DATA(control), sizeof descriptor.number);
  }
  return descriptor;
}

}  // namespace microctr::sys

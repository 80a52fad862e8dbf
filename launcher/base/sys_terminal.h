// The system calls of terminals, of waiting for several descriptors, and of handing a descriptor to another process.
//
// As sys.h, of which this is a part that few need. Settings are the kernel's own structure (termbits.h), which the C
// library's termios.h hides.
#pragma once

#include "launcher/base/sys.h"

namespace microctr::sys {

struct WindowSize {  // struct winsize
  std::uint16_t rows = 24;
  std::uint16_t columns = 80;
  std::uint16_t width = 0;  // pixels; 0: unknown
  std::uint16_t height = 0;
};

struct TerminalSettings {  // struct termios of the kernel
  std::uint32_t input = 0;
  std::uint32_t output = 0;
  std::uint32_t control = 0;
  std::uint32_t local = 0;
  std::uint8_t line = 0;
  std::uint8_t characters[19] = {};
};

Result<WindowSize> window_size(int terminal);  // ENOTTY: it is none
Result<void> set_window_size(int terminal, const WindowSize& size);
Result<TerminalSettings> terminal_settings(int terminal);
Result<void> set_terminal_settings(int terminal,
                                   const TerminalSettings& settings);  // at once: never waits for a stopped line
// Whether it is ours to read: we are its foreground process group, or it is not our controlling terminal.
bool may_use(int terminal);

// A pair of devpts: `master` is an open ptmx.
Result<void> unlock_terminal(int master);
namespace bare {
Result<Descriptor> open_slave(int master);
Result<Descriptor> receive_descriptor(int socket, std::span<char> buffer, std::size_t& size);
}  // namespace bare
[[gnu::always_inline]] inline Result<Fd> open_slave(int master) {  // the other end itself, whatever its path leads to
  return Result<Fd>(bare::open_slave(master));
}

// One message with a descriptor (SCM_RIGHTS).
Result<void> send_descriptor(int socket, std::span<const char> data, int descriptor);
// One message, and the descriptor that came with it, close-on-exec; none: -1. `size` as the result of receive.
[[gnu::always_inline]] inline Result<Fd> receive_descriptor(int socket, std::span<char> buffer, std::size_t& size) {
  return Result<Fd>(bare::receive_descriptor(socket, buffer, size));
}

// False: time is over. A negative descriptor is passed over.
Result<bool> wait_for_any_of(std::span<pollfd> entries, int timeout_ms);

}  // namespace microctr::sys

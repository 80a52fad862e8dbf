#include "launcher/supervisor/own_terminal.h"

#include <termios.h>

namespace microctr {

namespace {

// As cfmakeraw(3).
sys::TerminalSettings raw(sys::TerminalSettings settings) {
  settings.input &= ~static_cast<unsigned>(IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR | IGNCR | ICRNL | IXON);
  settings.output &= ~static_cast<unsigned>(OPOST);
  settings.local &= ~static_cast<unsigned>(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
  settings.control &= ~static_cast<unsigned>(CSIZE | PARENB);
  settings.control |= CS8;
  settings.characters[VMIN] = 1;
  settings.characters[VTIME] = 0;
  return settings;
}

}  // namespace

// A shell that continues us has put its own idea of the settings in place, so they are set again also when they are
// ours already; which ones it had is asked once.
void OwnTerminal::take() {
  if (!is_terminal_ || !sys::may_use(0)) return;
  if (!taken_) {
    const auto settings = sys::terminal_settings(0);
    if (!settings) return;
    settings_ = settings.value();
  }
  taken_ = static_cast<bool>(sys::set_terminal_settings(0, raw(settings_)));
}

void OwnTerminal::give_back() {
  if (taken_ && sys::may_use(0)) (void)sys::set_terminal_settings(0, settings_);
  taken_ = false;
}

sys::WindowSize OwnTerminal::size() {
  for (const int stream : {0, 1, 2}) {
    const auto size = sys::window_size(stream);
    if (size && size.value().rows != 0) return size.value();  // a serial line does not know its own
  }
  return {};
}

}  // namespace microctr

// Our own terminal, standard input, while it is a container's: raw, so that every key reaches the container, whose own
// terminal makes signals of them.
//
// Whoever owns it has all signals blocked; whatever ends it, short of SIGKILL, gives the terminal back as it was.
#pragma once

#include "launcher/base/sys_terminal.h"

namespace microctr {

class OwnTerminal {
 public:
  OwnTerminal() : is_terminal_(sys::is_terminal(0)) {}
  ~OwnTerminal() { give_back(); }
  OwnTerminal(const OwnTerminal&) = delete;
  OwnTerminal& operator=(const OwnTerminal&) = delete;

  bool is_terminal() const { return is_terminal_; }
  bool is_taken() const { return taken_; }

  // Makes it raw where it is a terminal and we are in its foreground: at the beginning, and again after a stop.
  void take();
  void give_back();

  // Of the first standard stream that is a terminal; 24 lines and 80 columns where none is.
  static sys::WindowSize size();

 private:
  bool is_terminal_;
  bool taken_ = false;
  sys::TerminalSettings settings_;  // that it had
};

}  // namespace microctr

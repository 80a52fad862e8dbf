// Relay: moves bytes between our own standard streams and a container's terminal, in the foreground of `run`,
// `exec -t` and `attach`.
//
// It waits for whatever is ready, and reads no more than it can give away: a slow reader slows the container down, as a
// terminal does. It never blocks in a write where the stream can be opened anew without that. It owns the other side's
// descriptor and our own terminal's settings. It must not know what a container is: it only moves bytes.
#pragma once

#include <optional>

#include "launcher/base/bytes.h"
#include "launcher/base/fd.h"
#include "launcher/supervisor/control.h"
#include "launcher/supervisor/own_terminal.h"

namespace microctr {

class Relay {
 public:
  enum class Peer : unsigned char {
    terminal,    // the master of a container's terminal
    supervisor,  // a connection that it has accepted to be attached, to a container with a terminal
    listener,    // the same without one: there is only output
  };

  Relay();  // while /proc is still ours

  // From here on our terminal is raw. The descriptor must be non-blocking.
  void begin(Fd peer, Peer kind);

  // Waits until something is there, also at `signals` or `other` (negative: none), and moves what can be moved.
  void turn(int signals, int other);

  // What is left to read when the container has ended, until all of it is written; a signal at `signals` that would
  // end us cuts it short.
  void drain(int signals);

  // Signals that are about our own terminal: true, and nobody else's business.
  bool take_signal(int signal);

  static bool ends_us(std::uint32_t signal);  // a signal that asks for our end

  bool is_cut() const { return cut_; }            // our own side is gone: nobody reads or types any more
  bool is_detached() const { return detached_; }  // Ctrl-P Ctrl-Q
  bool has_peer() const { return static_cast<bool>(peer_); }
  std::optional<int> ended() const { return ended_; }  // the supervisor said so: with this exit status

  void hang_up() { peer_.close(); }
  void give_back() { own_.give_back(); }

 private:
  static constexpr std::size_t in_size = limits::attach_message;
  static constexpr std::size_t out_size = 2 * limits::attach_message;

  int output() const;
  int time_left() const;
  void resize();
  void read_input();
  std::size_t take_keys(char* bytes, std::size_t size);
  void end_input();
  void repeat_end();
  void write_peer();
  void read_peer();
  void read_message();
  void write_output();

  OwnTerminal own_;
  Fd peer_;
  Peer kind_ = Peer::terminal;
  Fd outputs_[2];       // standard output and error, opened anew
  bool error_ = false;  // what is in out_ is for standard error
  bool input_open_ = false;
  bool ends_line_ = true;  // what was typed last
  bool held_ = false;      // Ctrl-P, which may begin the keys that detach
  bool cut_ = false;
  bool detached_ = false;
  std::optional<int> ended_;
  std::uint64_t end_due_ms_ = UINT64_MAX;  // when the end of our input is said, again
  std::uint64_t end_wait_ms_ = 10;
  std::string_view in_;   // not written yet, in in_bytes_
  std::string_view out_;  // in out_bytes_
  Bytes<in_size> in_bytes_;
  Bytes<out_size + sizeof(ControlHeader)> out_bytes_;
};

}  // namespace microctr

// The control socket: one request, one reply, then the connection ends; but for attach. Versioned and bounded.
//
// SOCK_SEQPACKET, so that a message is whole or not there. The supervisor serves only its own user and root
// (SO_PEERCRED), in a directory that is 0700.
#pragma once

#include <cstdint>
#include <span>

#include "launcher/base/fd.h"
#include "launcher/base/limits.h"
#include "launcher/base/places.h"
#include "launcher/base/result.h"

namespace microctr {

enum class Command : std::uint16_t {
  start = 1,
  stop = 2,
  poweroff = 3,
  reboot = 4,
  halt = 5,
  attach = 6,         // WindowSize and name; the answer is this command and "t" where there is a terminal, and then the
                      // connection stays until the end of the container, which a reply says
  attach_input = 7,   // from the client: at most limits::attach_message bytes
  attach_window = 8,  // from the client: WindowSize
  attach_output = 9,  // to the client; status 1: it is of standard error
  restart = 10,       // name; answered when it is up again
  kill = 11,          // std::int32_t signal, then name: to the first process
  pause = 12,         // name
  resume = 13,        // name
  reload = 14,        // nothing: the configurations are read again, and what has changed is started, stopped, restarted
  reexec = 15,        // path of a new program, may be empty: the running one's; answered by the new one
  events = 16,        // nothing; each event is a message with this command (event_text.h) until the client goes
  stop_within = 17,   // std::uint64_t milliseconds, then name: stop, with this time-out instead of its own
};

struct ControlHeader {
  static constexpr std::uint32_t expected_magic = 0x7463636d;  // "mcct"
  static constexpr std::uint16_t current_version = 1;

  std::uint32_t magic = expected_magic;
  std::uint16_t version = current_version;
  std::uint16_t command = 0;
  std::int32_t status = 0;  // of a reply: exit status for the command line
};

struct Reply {
  int status = 0;
  std::string_view text;  // in the caller's buffer
};

// A listening, non-blocking socket at RUNTIME/control. Called under the RuntimeLock; a dead one is replaced.
// EADDRINUSE: somebody serves it.
Result<Fd> open_control(const Places& places);

void remove_control(const Places& places);

// ENOENT or ECONNREFUSED: nobody serves. `flags` SOCK_NONBLOCK, for who holds the RuntimeLock, which the supervisor may
// need before it accepts again: EAGAIN where its queue is full.
Result<Fd> connect_control(const Places& places, int flags = 0);

// One message each way. ECONNRESET: the supervisor ended without an answer.
Result<Reply> call_control(int connection, Command command, std::string_view payload, std::span<char> buffer);

Result<void> send_message(int connection, const ControlHeader& header, std::string_view payload);

// The payload is a view into `buffer`. EBADMSG: not a message of this version, or longer than the buffer; EAGAIN:
// none yet; ECONNRESET: the other side is gone.
struct Message {
  ControlHeader header;
  std::string_view payload;
};
Result<Message> receive_message(int connection, std::span<char> buffer);

}  // namespace microctr

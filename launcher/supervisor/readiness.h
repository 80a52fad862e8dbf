// ReadinessProbe: hears or finds out when a container is ready (Supervision::ready).
//
//   exec        as soon as its program runs
//   descriptor  a newline came through its pipe; the pipe's end before that is a failure
//   notify      READY=1 came to its socket, which stays open for STATUS= afterwards
//   socket      a connection was accepted: for a path, tried whenever something comes to its directory, for a port with
//               pauses that grow with the time that has passed
//
// Belongs to whoever owns the Session. It never blocks, and keeps nothing but what is below. A deadline for the whole
// is the owner's matter.
#pragma once

#include "launcher/base/text.h"
#include "launcher/supervisor/ready_socket.h"

namespace microctr {

class ReadinessProbe {
 public:
  static constexpr std::size_t longest_socket = 107;  // characters of a path: unix(7)

  struct Heard {
    bool ready = false;   // now; said once
    bool failed = false;  // it will never be; `why`
    bool status = false;  // STATUS=: the text that was handed over holds it, empty for none any more
    Phrase why = {};
  };

  // When it has been launched; `channel`: Launched::ready. Error: the socket's name is too long.
  Result<void> begin(const Supervision& spec, Fd channel);

  // For a container that an earlier supervisor has started and that was not ready yet. What it said meanwhile is lost:
  // one that uses `notify` or has closed its pipe counts as ready. `kept`: the descriptor of its notify socket, where
  // this process is the same one (reexec); then it is heard as before.
  Result<void> adopt(const Supervision& spec, CString record, Fd kept);

  // To be watched for EPOLLIN from the first `hear` on, until `hear` has said `ready` or `failed` and it has changed to
  // -1; closing takes it out of the epoll. -1: none.
  int descriptor() const { return kind_ == Readiness::socket && port_ ? -1 : channel_.get(); }

  // When `hear` is to be called at the latest. UINT64_MAX: only when the descriptor says something.
  std::uint64_t due_ms() const { return due_ms_; }

  // Right after the program runs, whenever the descriptor is readable, and when it is due. `status`: cleared and
  // filled where Heard::status says so.
  Heard hear(const FirstProcess& first, std::uint64_t now_ms, TextWriter& status);

  bool is_ready() const { return ready_; }
  void close();

 private:
  Heard hear_pipe();
  Heard hear_notify(TextWriter& status);
  Heard try_socket(const FirstProcess& first, std::uint64_t now_ms);
  Connected try_port(const FirstProcess& first);
  Connected try_path(const FirstProcess& first);
  Heard become_ready();

  Readiness kind_ = Readiness::exec;
  bool adopted_ = false;
  bool ready_ = false;
  bool port_ = false;  // the socket is a port, else a path
  Fd channel_;         // pipe, notify socket, watcher of directories, or TCP socket inside
  std::uint64_t begun_ms_ = 0;
  std::uint64_t due_ms_ = UINT64_MAX;
  char socket_[longest_socket + 1] = {};
};

}  // namespace microctr

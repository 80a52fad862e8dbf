// Where lines go that we keep no file of: the machine's console and its system log.
//
// Both never block for long and may lose: a console that is full takes nothing, and a system log that does not listen
// holds nobody up. Control characters become '?', so that a container can neither steer the operator's terminal nor
// look like another one.
#pragma once

#include <sys/types.h>

#include "launcher/base/fd.h"
#include "launcher/base/result.h"
#include "launcher/supervisor/log_entry.h"

namespace microctr {

inline constexpr std::size_t outlet_text = 1000;  // most bytes of one line's text: RFC 3164 allows 1024 for a message

// "[NAME] TEXT"
void print_on_console(int console, CString name, std::string_view text);

// Datagrams to /dev/log: "<PRIORITY>NAME[PID]: TEXT" (RFC 3164; the time is the daemon's). One for all containers.
class SystemLog {
 public:
  explicit SystemLog(CString path) : path_(path) {}

  // `pid` 0: none. EAGAIN: the daemon does not read; ENOENT, ECONNREFUSED: there is none. A daemon that has been
  // started anew is found.
  Result<void> send(CString name, pid_t pid, Stream stream, std::string_view text);

  // Some lines of one container follow: together they may wait for a moment.
  void begin_lines() { patient_until_ms_ = 0; }

 private:
  Result<void> connect();
  Result<void> send_message(std::string_view message);

  CString path_;
  Fd socket_;
  bool patient_ = true;                 // it has taken the last one
  std::uint64_t patient_until_ms_ = 0;  // 0: these lines have not waited yet
};

SystemLog& system_log();            // of /dev/log
void set_system_log(CString path);  // another one, before it is used: for tests

}  // namespace microctr

// Where the output of one supervised container goes: its `log` key. Held by value by whoever supervises the container,
// at one place from open to close.
//
//   ring, file       entries (log_entry.h) in files (log_file.h); a line that comes in pieces becomes several entries,
//                    which a reader joins again
//   console, syslog  lines (log_outlets.h); the beginning of a line is held until its end comes, it has 1000 bytes, too
//                    many other containers have begun one (held_lines), or the sink is closed
//   none             nothing
//
// No error of a sink ends or stops a container: what cannot be written is lost and counted. The first time it is said
// on standard error; where writing works again, the log itself says how much is missing. A container that writes
// nothing causes nothing here.
#pragma once

#include "launcher/base/limits.h"
#include "launcher/base/places.h"
#include "launcher/spec/spec.h"
#include "launcher/supervisor/log_file.h"

namespace microctr {

inline constexpr std::size_t held_lines = 8;  // of all sinks of the process together

class LogSink {
 public:
  LogSink() = default;
  LogSink(const LogSink&) = delete;
  LogSink& operator=(const LogSink&) = delete;
  ~LogSink() { close(); }

  // `places` and `console` (-1: the machine has none) must outlive it; the record of a ring must be there. After an
  // error the sink is open all the same, and tries again when there is something to write.
  static Result<void> open(LogSink& sink, const Places& places, CString name, const Spec& spec, int console);

  // The container's first process, for syslog; 0: none.
  void set_process(pid_t pid) { pid_ = pid; }

  void write(Stream stream, std::string_view bytes);

  // Writes what is held: before this program is replaced by another.
  void flush();

  // The same; a closed sink takes nothing.
  void close();

 private:
  void write_entries(Stream stream, std::string_view bytes);
  void begin_lines();
  void write_lines(Stream stream, std::string_view bytes);
  void hold(Stream stream, std::string_view text);
  void let_go(Stream stream);
  void put_line(Stream stream, std::string_view text);
  void tell_lost();
  void lose(std::uint32_t count, const Error& error);
  CString shelf_path(TextWriter& storage) const;
  LogShelf shelf(CString path) const;

  LogKind kind_ = LogKind::none;
  bool said_ = false;  // that something was lost
  bool deaf_ = false;  // the rest of this chunk need not be tried
  int console_ = -1;
  pid_t pid_ = 0;
  std::uint32_t lost_ = 0;
  int lost_by_ = 0;  // errno
  std::uint32_t count_ = 0;
  std::uint64_t size_ = 0;
  CString runtime_;
  LogFile file_;
  char name_[limits::name + 1] = {};
  char path_[limits::log_path + 1] = {};
};
static_assert(sizeof(LogSink) < 400);

}  // namespace microctr

// Prints the entries of a log: as lines, what the container wrote to its standard error to ours; or as JSON, an object
// for each line to standard output:
//
//   {"time":"2026-11-22T03:25:08.000000001Z","stream":"stdout","text":"a whole line"}
//
// A line that is in several entries is joined, with the time of its beginning. In JSON one that is interrupted by
// another stream, or by the end, has "partial":true and is not joined with its rest. What we have to say ourselves in a
// log (stream `microctr`) goes to standard error, marked as ours.
#pragma once

#include "launcher/base/bytes.h"
#include "launcher/supervisor/log_entry.h"

namespace microctr {

class LogPrinter {
 public:
  enum class Form : unsigned char { plain, timed, json };

  explicit LogPrinter(Form form) : form_(form) {}

  void print(const LogEntry& entry);
  void flush();
  void finish();  // ends what is open, and flushes

 private:
  void print_plain(const LogEntry& entry);
  void print_json(const LogEntry& entry);
  void put(int target, std::string_view text);
  void put_escaped(std::string_view text);

  Form form_;
  bool continued_[3] = {};  // of each stream
  bool open_ = false;       // an object
  Stream open_stream_ = Stream::output;
  int target_ = 1;
  std::size_t size_ = 0;
  Bytes<4096> buffer_;
};

}  // namespace microctr

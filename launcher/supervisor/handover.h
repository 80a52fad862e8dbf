// What a supervisor hands over to the program that takes its place: descriptors that exec does not close, and words, as
// lines of text in a file in memory.
//
//   role service                        runtime, data and config directory; the directory that is supervised
//   override memory=16M                 a key that is overridden for all of the directory; as many lines
//   control 5                           the listening socket
//   client 9                            who has asked for it, and is answered by the new program
//   terminal web 12                     the master of a container's terminal; notify: what it says on that it is ready
//   words shell=31                      of whatever is kept beside the containers (heart.h)
//
// Everything else is in the records. The containers stay children of the process, which stays the same.
#pragma once

#include "launcher/base/fd.h"
#include "launcher/base/limits.h"
#include "launcher/base/places.h"
#include "launcher/base/result.h"
#include "launcher/base/text.h"

namespace microctr {

class Handover {
 public:
  // Reads what is in `file`, a descriptor that was inherited; it is closed. EINVAL: not a handover.
  static Result<void> read(int file, Handover& handover);
  // A file that exec does not close, with `text` in it.
  static Result<Fd> write(std::string_view text);

  // The words after `key` of its line, or of that one of its lines; empty: there is none.
  CString value(std::string_view key, std::size_t number = 0) const { return find(key, {}, number); }
  // The descriptor of the line "KEY NAME N"; -1: there is none.
  int descriptor(std::string_view key, std::string_view container) const;
  int number(std::string_view key) const;  // -1: there is none
  Places places() const { return {value("config"), value("data"), value("runtime")}; }

 private:
  CString find(std::string_view key, std::string_view container, std::size_t number) const;  // an empty container: any

  char bytes_[16 * 1024];  // after `read`: keys and values, each with its NUL
  std::size_t size_ = 0;
};

}  // namespace microctr

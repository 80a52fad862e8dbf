// The mount list of this process, /proc/self/mountinfo, line by line: a machine with many mounts must not cost memory.
//
// Owns the file, borrows a buffer. A line's texts live in the buffer until the next one is asked for.
#pragma once

#include <span>
#include <string_view>

#include "launcher/base/fd.h"
#include "launcher/base/result.h"

namespace microctr {

// One line, as proc(5) describes it.
struct MountLine {
  bool has_parent = true;
  std::string_view device;  // MAJOR:MINOR
  std::string_view point;   // empty behind the last line
  std::string_view type;
  std::string_view super_options;  // the last field, and what may be cut off
};

class MountList {
 public:
  // `file`: open for reading. What of a line is beyond `buffer` is cut off: paths of overlays may be longer.
  MountList(Fd file, std::span<char> buffer) : file_(std::move(file)), buffer_(buffer) {}

  // A line of which not even the type is in the buffer is left out.
  Result<MountLine> next();
  bool has_lost() const { return has_lost_; }  // one was left out

 private:
  Fd file_;
  std::span<char> buffer_;
  std::size_t start_ = 0;  // of what has been read and not given yet
  std::size_t end_ = 0;
  bool in_tail_ = false;  // of a line of which the beginning has been given or left out
  bool has_lost_ = false;
};

}  // namespace microctr

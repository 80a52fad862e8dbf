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
  std::string_view super_options;
};

class MountList {
 public:
  // `file`: open for reading. `buffer`: at least as long as a line.
  MountList(Fd file, std::span<char> buffer) : file_(std::move(file)), buffer_(buffer) {}

  // EFBIG: a line is longer than the buffer.
  Result<MountLine> next();

 private:
  Fd file_;
  std::span<char> buffer_;
  std::size_t start_ = 0;  // of what has been read and not given yet
  std::size_t end_ = 0;
};

}  // namespace microctr

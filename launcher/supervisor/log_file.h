// The bounded log of one container: two files that take turns, in the line format of the container world (CRI):
//
//   2026-11-22T03:25:08.000000001Z stdout F a whole line
//   2026-11-22T03:25:08.000000002Z stderr P the first part of a long line
//
// `log` grows to half of the limit, then becomes `log.1`; together they never exceed the limit. A file on the runtime
// tmpfs costs memory only for what is in it, and outlives container and supervisor.
#pragma once

#include "launcher/base/fd.h"
#include "launcher/base/result.h"
#include "launcher/base/text.h"

namespace microctr {

enum class Stream : unsigned char { output, error };

class LogFile {
 public:
  // `record`: the directory; `limit` in bytes for both files. Appends to what is there.
  static Result<LogFile> open(CString record, std::uint64_t limit);
  LogFile() = default;

  // What was read from the container's pipe; cut into lines here.
  Result<void> write(CString record, Stream stream, std::string_view bytes);

  explicit operator bool() const { return static_cast<bool>(file_); }

 private:
  Result<void> rotate(CString record);

  Fd file_;
  std::uint64_t size_ = 0;
  std::uint64_t limit_ = 0;
};

}  // namespace microctr

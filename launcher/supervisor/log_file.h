// The bounded files of one log: PATH grows to its size, then becomes PATH.1, that one PATH.2, and the oldest goes.
// Their lines are entries (log_entry.h), and a file begins and ends with whole ones.
//
// The ring of a container is two such files of half its size in the record: on the runtime tmpfs they cost memory only
// for what is in them, and outlive container and supervisor. Nothing is ever synced: flash wears out by that.
#pragma once

#include "launcher/base/fd.h"
#include "launcher/base/result.h"
#include "launcher/supervisor/log_entry.h"

namespace microctr {

// The caller keeps it, and gives the same to every call.
struct LogShelf {
  CString path;             // absolute; its directory must exist
  std::uint64_t size = 0;   // bytes of each file, at least limits::log_smallest / 2
  std::uint32_t count = 1;  // files: PATH, PATH.1, ... PATH.(count - 1)
  unsigned mode = 0600;
};

// "PATH" or "PATH.NUMBER"
void add_log_path(TextWriter& text, CString path, std::uint32_t number);

class LogFile {
 public:
  LogFile() = default;

  // Appends to what is there; half an entry at its end, left by a power cut, is ended. EINVAL: it is no plain file.
  Result<void> open(const LogShelf& shelf);

  // What was read from the container; cut into entries here, which are written together: one system call for a line,
  // three or four for 8 KB. After an error (ENOSPC) the file ends with a whole entry, and `lost` has grown by the
  // entries that are not in it; the next call tries again.
  Result<void> write(const LogShelf& shelf, Stream stream, std::string_view bytes, std::uint32_t& lost);

  void close() { file_.close(); }
  explicit operator bool() const { return static_cast<bool>(file_); }

 private:
  Result<void> rotate(const LogShelf& shelf);
  Result<void> append(std::string_view entries, std::uint32_t& lost);

  Fd file_;
  std::uint64_t size_ = 0;
};

}  // namespace microctr

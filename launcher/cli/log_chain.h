// The files of one log as a reader has them: opened together, so that none is missed or read twice while a supervisor
// makes room in them; and the entries in them, whole ones only.
#pragma once

#include <array>

#include "launcher/base/bytes.h"
#include "launcher/base/fd.h"
#include "launcher/supervisor/log_file.h"

namespace microctr {

// Reads the whole entries from an offset on. A writer may be in the middle of the next one, which is read when it is
// whole.
class EntryReader {
 public:
  EntryReader(int file, std::uint64_t offset) : file_(file), offset_(offset) {}

  // False: no more whole entry yet. The line is without its end, and valid until the next call.
  Result<bool> next(std::string_view& line);

  std::uint64_t offset() const { return offset_; }  // behind the last entry

 private:
  int file_;
  std::uint64_t offset_;
  std::size_t at_ = 0;  // in the buffer
  std::size_t size_ = 0;
  Bytes<8192> buffer_;
};

class LogChain {
 public:
  static constexpr std::size_t most_files = 100;  // of `log = file`

  // Opens what is there of PATH, PATH.1, ... ENOENT: nothing.
  Result<void> open(CString path, std::uint32_t count);

  std::size_t size() const { return size_; }
  int file(std::size_t number) const { return files_[number].get(); }  // 0: the newest
  Fd take_newest() { return std::move(files_[0]); }

  // Where the last `lines` lines begin: in which file, and behind how many ends of lines there.
  struct Start {
    std::size_t file = 0;
    std::uint64_t skip = 0;
  };
  Start find_last(std::uint64_t lines) const;

 private:
  std::array<Fd, most_files> files_;
  std::size_t size_ = 0;
};

// The file that was begun after `current`, or the oldest where that one is gone; none: there is no newer one.
Result<Fd> open_newer(CString path, std::uint32_t count, int current);

}  // namespace microctr

#include "launcher/supervisor/log_file.h"

#include <fcntl.h>

#include <algorithm>

#include "launcher/base/clock_text.h"
#include "launcher/base/file.h"
#include "launcher/base/limits.h"
#include "launcher/base/sys.h"

namespace microctr {

namespace {

constexpr CString log_name = "/log";
constexpr CString older_name = "/log.1";

}  // namespace

Result<LogFile> LogFile::open(CString record, std::uint64_t limit) {
  TextBuffer<limits::path> path(record, log_name);
  LogFile log;
  log.file_ = TRY(sys::open(path.text(), O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, 0600));
  log.size_ = TRY(sys::status(log.file_.get())).size;
  log.limit_ = limit;
  return log;
}

Result<void> LogFile::rotate(CString record) {
  TextBuffer<limits::path> path(record, log_name);
  TextBuffer<limits::path> older(record, older_name);
  TRY(sys::rename(path.text(), older.text()));
  file_ = TRY(sys::open(path.text(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0600));
  size_ = 0;
  return {};
}

Result<void> LogFile::write(CString record, Stream stream, std::string_view bytes) {
  constexpr std::size_t longest = 2048;  // of one entry's text; a longer line is written in parts
  constexpr std::size_t heading = 128;   // more than time, stream and kind need
  const auto most =
      static_cast<std::size_t>(std::min<std::uint64_t>(longest, limit_ / 2 - heading));  // an entry fits into one file
  TextBuffer<64> time;
  format_time(sys::wall_time(), time);
  while (!bytes.empty()) {
    const std::string_view window = leading(bytes, most);
    const std::size_t newline = position(window, '\n');
    const bool whole = newline != std::string_view::npos;
    const std::string_view line = leading(window, newline);
    bytes.remove_prefix(line.size() + (whole ? 1 : 0));
    TextBuffer<longest + heading> entry(time.view(), stream == Stream::output ? " stdout " : " stderr ",
                                        whole ? "F " : "P ", line, "\n");
    if (size_ + entry.size() > limit_ / 2 && size_ != 0) TRY(rotate(record));
    TRY(write_all(file_.get(), entry.view()));
    size_ += entry.size();
  }
  return {};
}

}  // namespace microctr

#include "launcher/supervisor/log_file.h"

#include <fcntl.h>

#include <algorithm>

#include "launcher/base/bytes.h"
#include "launcher/base/clock_text.h"
#include "launcher/base/file.h"
#include "launcher/base/limits.h"

namespace microctr {

namespace {

constexpr std::size_t batch_size = 4096;  // bytes of entries that are written together
static_assert(batch_size >= log_entry_text + log_entry_head);
static_assert(limits::log_smallest / 2 > log_entry_head + 256);

}  // namespace

void add_log_path(TextWriter& text, CString path, std::uint32_t number) {
  text.add(path);
  if (number != 0) text.add('.', number);
}

Result<void> LogFile::open(const LogShelf& shelf) {
  // O_NONBLOCK: a FIFO of that name must not hold us.
  Fd file = TRY(sys::open(shelf.path, O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, shelf.mode));
  const auto status = TRY(sys::status(file.get()));
  if (!S_ISREG(status.mode)) return fail(EINVAL, "open the log"_p, shelf.path, "it must be a plain file"_p);
  file_ = std::move(file);
  size_ = status.size;
  char last = '\n';
  if (size_ != 0) (void)sys::read_at(file_.get(), {&last, 1}, size_ - 1);
  std::uint32_t lost = 0;
  if (last != '\n') (void)append("\n", lost);
  return {};
}

// Each step also holds when an earlier attempt has got halfway: without PATH its place is free already, and to shift
// again would lose one older file at each attempt.
Result<void> LogFile::rotate(const LogShelf& shelf) {
  TextBuffer<limits::path> older;
  TextBuffer<limits::path> newer;
  const bool there = static_cast<bool>(sys::status_at(sys::working_directory, shelf.path, 0));
  for (std::uint32_t number = shelf.count - 1; there && number > 0; --number) {
    older.clear();
    newer.clear();
    add_log_path(older, shelf.path, number);
    add_log_path(newer, shelf.path, number - 1);
    const auto renamed = sys::rename(newer.text(), older.text());
    if (!renamed && renamed.error().code != ENOENT) return renamed;
  }
  // A single file is made anew as well, so that who reads it sees that it is another one.
  const auto removed = sys::remove_file(sys::working_directory, shelf.path);
  if (!removed && removed.error().code != ENOENT) return removed;
  constexpr int flags = O_RDWR | O_CREAT | O_EXCL | O_APPEND | O_NOFOLLOW;
  file_ = TRY(sys::open(shelf.path, flags, shelf.mode));
  size_ = 0;
  return {};
}

Result<void> LogFile::append(std::string_view entries, std::uint32_t& lost) {
  std::size_t written = 0;
  Result<void> result;
  while (written < entries.size()) {
    const auto count = sys::write(file_.get(), after(entries, written));
    if (!count) {
      result = count.failed();
      break;
    }
    written += count.value();
  }
  if (!result) {
    // The whole entries of it stay; who reads along may have them already.
    const std::size_t end = last_position(leading(entries, written), '\n');
    const std::size_t whole = end == std::string_view::npos ? 0 : end + 1;
    if (written != whole) (void)sys::truncate(file_.get(), size_ + whole);
    lost += count_log_lines(after(entries, whole));
    written = whole;
  }
  size_ += written;
  return result;
}

Result<void> LogFile::write(const LogShelf& shelf, Stream stream, std::string_view bytes, std::uint32_t& lost) {
  const auto most = static_cast<std::size_t>(
      std::min<std::uint64_t>(log_entry_text, shelf.size - log_entry_head));  // an entry fits into one file
  TextBuffer<40> time;
  format_time(sys::wall_time(), time);
  TextBuffer<batch_size> batch;
  Result<void> result;
  while (result && !bytes.empty()) {
    std::string_view rest = bytes;
    const CutLine line = cut_log_line(rest, most);
    const std::size_t size = line.text.size() + log_entry_head;
    const bool fits = size_ + batch.size() + size <= shelf.size;
    if (!fits || batch.size() + size >= batch_size) {
      result = append(batch.view(), lost);
      batch.clear();
      if (result && !fits && size_ != 0) result = rotate(shelf);
      if (!result) break;
    }
    add_log_entry(batch, time.view(), {{}, stream, line.ends_line, line.text});
    bytes = rest;
  }
  if (result) result = append(batch.view(), lost);
  lost += count_log_lines(bytes);
  return result;
}

}  // namespace microctr

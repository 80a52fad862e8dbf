#include "launcher/cli/log_chain.h"

#include <fcntl.h>

#include <cstring>

#include "launcher/base/limits.h"

namespace microctr {

namespace {

Result<Fd> open_number(CString path, std::uint32_t number) {
  TextBuffer<limits::path> name;
  add_log_path(name, path, number);
  Fd file = TRY(sys::open(name.text(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY));
  if (!S_ISREG(TRY(sys::status(file.get())).mode)) return fail(EINVAL, "open the log"_p, name.text());
  return file;
}

bool is_same(int left, int right) {
  const auto one = sys::status(left);
  const auto other = sys::status(right);
  return one && other && one.value().inode == other.value().inode && one.value().device == other.value().device;
}

struct Count {
  std::uint64_t lines = 0;  // ends of lines
  bool open = false;        // another one begins after the last
};

Count count_lines(int file) {
  Count count;
  EntryReader reader(file, 0);
  std::string_view line;
  for (auto more = reader.next(line); more && more.value(); more = reader.next(line)) {
    count.open = !parse_log_entry(line).ends_line;
    if (!count.open) ++count.lines;
  }
  return count;
}

}  // namespace

Result<bool> EntryReader::next(std::string_view& line) {
  while (true) {
    const std::string_view rest(buffer_.data() + at_, size_ - at_);
    const std::size_t end = position(rest, '\n');
    if (end != std::string_view::npos) {
      line = leading(rest, end);
      at_ += end + 1;
      offset_ += end + 1;
      return true;
    }
    if (at_ == 0 && size_ == sizeof buffer_) {  // not one of ours
      offset_ += size_;
      size_ = 0;
      continue;
    }
    const std::size_t known = rest.size();
    std::memmove(buffer_.data(), rest.data(), known);
    at_ = 0;
    size_ = known;
    const std::size_t count =
        TRY(sys::read_at(file_, {buffer_.data() + known, sizeof buffer_ - known}, offset_ + known));
    size_ += count;
    if (count == 0) {
      size_ = 0;  // it may be taken back, when the disk is full
      return false;
    }
  }
}

// The newest first: when room is made meanwhile, what was just opened is found again under the next name.
Result<void> LogChain::open(CString path, std::uint32_t count) {
  for (std::uint32_t number = 0; number < count && size_ < most_files; ++number) {
    auto file = open_number(path, number);
    if (!file && file.error().code != ENOENT) return file.failed();
    if (!file || (size_ > 0 && is_same(file.value().get(), files_[size_ - 1].get()))) continue;
    files_[size_++] = file.take();
  }
  if (size_ == 0) return fail(ENOENT, "open the log"_p, path);
  return {};
}

LogChain::Start LogChain::find_last(std::uint64_t lines) const {
  std::uint64_t found = 0;
  for (std::size_t number = 0; number < size_; ++number) {
    const Count count = count_lines(files_[number].get());
    found += count.lines + (number == 0 && count.open ? 1 : 0);
    if (found > lines) return {number, found - lines};
  }
  return {size_ - 1, 0};
}

Result<Fd> open_newer(CString path, std::uint32_t count, int current) {
  Fd newer;
  for (std::uint32_t number = 0; number < count; ++number) {
    auto file = open_number(path, number);
    if (!file && file.error().code == ENOENT) continue;
    Fd opened = TRY(std::move(file));
    if (current >= 0 && is_same(opened.get(), current)) return newer;
    newer = std::move(opened);
  }
  return newer;
}

}  // namespace microctr

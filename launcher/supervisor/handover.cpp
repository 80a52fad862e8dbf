#include "launcher/supervisor/handover.h"

#include "launcher/base/file.h"
#include "launcher/base/sys.h"

namespace microctr {

Result<void> Handover::read(int file, Handover& handover) {
  const Fd owner(file);
  char* const bytes = static_cast<char*>(handover.bytes_);
  const std::size_t size = TRY(sys::read_at(file, {bytes, sizeof handover.bytes_ - 1}, 0));
  bytes[size] = '\0';
  handover.count_ = 0;
  for (std::size_t at = 0; at < size;) {
    const std::string_view rest(bytes + at, size - at);
    const std::string_view line = leading(rest, position(rest, '\n'));
    const std::size_t blank = position(line, ' ');
    if (blank == std::string_view::npos || handover.count_ == most_lines)
      return fail(EINVAL, "read what the last program has handed over"_p);
    bytes[at + line.size()] = '\0';
    bytes[at + blank] = '\0';
    handover.keys_[handover.count_] = CString::from_pointer(bytes + at);
    handover.values_[handover.count_++] = CString::from_pointer(bytes + at + blank + 1);
    at += line.size() + 1;
  }
  return {};
}

Result<Fd> Handover::write(std::string_view text) {
  Fd file = TRY(sys::create_program_in_memory("microctr-handover"));
  TRY(write_all(file.get(), text));
  TRY(sys::keep_over_exec(file.get()));
  return file;
}

CString Handover::value(std::string_view key, std::size_t number) const {
  for (std::size_t line = 0; line < count_; ++line) {
    if (keys_[line] == key && number-- == 0) return values_[line];
  }
  return {};
}

int Handover::number(std::string_view key) const {
  const auto number = parse_number(value(key), INT32_MAX);
  return number ? static_cast<int>(*number) : -1;
}

int Handover::descriptor(std::string_view key, std::string_view container) const {
  for (std::size_t line = 0; line < count_; ++line) {
    if (keys_[line] != key) continue;
    std::string_view rest = values_[line];
    if (next_word(rest) != container) continue;
    const auto number = parse_number(next_word(rest), INT32_MAX);
    return number ? static_cast<int>(*number) : -1;
  }
  return -1;
}

}  // namespace microctr

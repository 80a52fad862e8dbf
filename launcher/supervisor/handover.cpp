#include "launcher/supervisor/handover.h"

#include "launcher/base/file.h"
#include "launcher/base/sys.h"

namespace microctr {

Result<void> Handover::read(int file, Handover& handover) {
  const Fd owner(file);
  char* const bytes = static_cast<char*>(handover.bytes_);
  const std::size_t size = TRY(sys::read_at(file, {bytes, sizeof handover.bytes_ - 1}, 0));
  bytes[size] = '\0';
  for (std::size_t& at = handover.size_ = 0; at < size;) {
    const std::string_view rest(bytes + at, size - at);
    const std::string_view line = leading(rest, position(rest, '\n'));
    const std::size_t blank = position(line, ' ');
    if (blank == std::string_view::npos) return fail(EINVAL, "read what the last program has handed over"_p);
    bytes[at + line.size()] = '\0';
    bytes[at + blank] = '\0';
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

CString Handover::find(std::string_view key, std::string_view container, std::size_t number) const {
  for (std::size_t at = 0; at < size_;) {
    const CString own = CString::from_pointer(bytes_ + at);
    const CString value = CString::from_pointer(bytes_ + at + own.size() + 1);
    at += own.size() + value.size() + 2;
    std::string_view rest = value.view();
    const bool is_it = own == key && (container.empty() || next_word(rest) == container);
    if (is_it && number-- == 0) return value;
  }
  return {};
}

int Handover::number(std::string_view key) const {
  const auto number = parse_number(value(key), INT32_MAX);
  return number ? static_cast<int>(*number) : -1;
}

int Handover::descriptor(std::string_view key, std::string_view container) const {
  std::string_view rest = find(key, container, 0).view();
  (void)next_word(rest);
  const auto number = parse_number(next_word(rest), INT32_MAX);
  return number ? static_cast<int>(*number) : -1;
}

}  // namespace microctr

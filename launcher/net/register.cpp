#include "launcher/net/register.h"

#include <fcntl.h>

#include <cstring>

#include "launcher/base/file.h"
#include "launcher/base/sys.h"
#include "launcher/spec/address.h"

namespace microctr {

namespace {

// Not on the stack: a thousand containers fill it, and its pages are touched as it grows.
char storage[limits::network_register];

Failed too_large(int code) {
  static_assert(limits::network_register == 256 * 1024, "the message names it");
  return fail(code, "write the register of the networks (limit 262144 bytes)"_p);
}

bool is_of_kind(std::string_view line, std::string_view kind) {
  return leading(line, kind.size()) == kind && leading(after(line, kind.size()), 1) == "\t";
}

Entry take_apart(std::string_view line) {
  Entry entry;
  entry.kind = cut(line, '\t');
  for (std::string_view& field : entry.field) field = cut(line, '\t');
  return entry;
}

}  // namespace

RegisterPath::RegisterPath(CString runtime) : TextBuffer(runtime, "/networks") {}

Result<Register> Register::read(CString runtime) {
  Register entries(runtime);
  RegisterPath path(runtime);
  const auto file = sys::open(path.text(), O_RDONLY | O_NOFOLLOW);
  if (!file) {
    if (file.error().code == ENOENT) return entries;
    return file.error().doing("read the register of the networks"_p);
  }
  // A regular file gives all that it has, or what there is room for.
  entries.stored_ = TRY(sys::read(file.value().get(), storage));
  if (entries.stored_ == sizeof storage) return too_large(EFBIG);
  // A line that was cut off by a power failure stands for nothing done.
  entries.size_ = last_position({storage, entries.stored_}, '\n') + 1;          // npos + 1 is 0
  entries.rewrite_ = entries.size_ != entries.stored_ || entries.stored_ == 0;  // nor does a file without any
  return entries;
}

std::string_view Register::text() const { return {storage, size_}; }

std::string_view Register::next_line(std::size_t& cursor) const {
  std::string_view rest = after(text(), cursor);
  const std::string_view line = cut(rest, '\n');
  cursor += line.size() + 1;
  return line;
}

std::optional<Entry> Register::next(std::size_t& cursor, std::string_view kind, std::string_view with) const {
  while (cursor < size_) {
    const std::string_view line = next_line(cursor);
    const bool is_wanted = (kind.empty() || is_of_kind(line, kind)) && contains(line, with);
    if (is_wanted) return take_apart(line);
  }
  return {};
}

std::optional<Entry> Register::next_but(std::size_t& cursor, std::string_view kind) const {
  while (cursor < size_) {
    const std::string_view line = next_line(cursor);
    if (!is_of_kind(line, kind)) return take_apart(line);
  }
  return {};
}

Result<void> Register::add(std::string_view kind, std::initializer_list<std::string_view> fields) {
  TextWriter line(storage + size_, sizeof storage - size_);
  line.add(kind);
  for (const std::string_view field : fields) line.add('\t', field);
  line.add('\n');
  if (line.overflowed()) return too_large(ENOSPC);
  size_ += line.size();
  return {};
}

void Register::erase(std::size_t& cursor) {
  const std::size_t end = cursor;
  const std::size_t before = last_position(leading(text(), end - 1), '\n');
  const std::size_t start = before == std::string_view::npos ? 0 : before + 1;
  rewrite_ |= start < stored_;
  std::memmove(storage + start, storage + end, size_ - end);
  size_ -= end - start;
  cursor = start;
}

Result<void> Register::replace() {
  RegisterPath path(runtime_);
  if (empty()) {
    const auto removed = sys::remove_file(sys::working_directory, path.text());
    return removed || removed.error().code == ENOENT ? Result<void>() : removed;
  }
  TextBuffer<limits::path> aside(path.text(), ".new");
  return replace_file(path.text(), aside.text(), text(), 0600);
}

Result<void> Register::store() {
  Result<void> done = {};
  if (rewrite_) {
    done = replace();
  } else if (stored_ != size_) {
    RegisterPath path(runtime_);
    const Fd file = TRY(sys::open(path.text(), O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, 0600));
    done = write_all(file.get(), after(text(), stored_));
  }
  if (!done) return done.error().doing("write the register of the networks"_p);
  stored_ = size_;
  rewrite_ = false;
  return {};
}

std::optional<Entry> find_line(const Register& entries, const char* kind, std::string_view first) {
  std::size_t cursor = 0;
  while (const auto entry = entries.next(cursor, kind, first)) {
    if (entry->field[0] == first) return entry;
  }
  return {};
}

bool another_has(const Register& entries, std::string_view kind, CString container, std::string_view value) {
  std::size_t cursor = 0;
  while (const auto entry = entries.next(cursor, kind, value)) {
    if (entry->field[0] != container.view() && entry->field[1] == value) return true;
  }
  return false;
}

bool is_bridge_used(const Register& entries, std::string_view bridge, CString except) {
  std::size_t cursor = 0;
  while (const auto entry = entries.next(cursor, "lease", bridge)) {
    if (entry->field[0] == bridge && entry->field[1] != except.view()) return true;
  }
  return false;
}

std::optional<Address> next_address(std::string_view& field) {
  std::string_view prefix = next_word(field);
  auto address = parse_address(cut(prefix, '/'));
  if (!address) return {};
  const auto bits = parse_number(prefix, address_bits(*address));
  if (bits) address->prefix = static_cast<std::uint8_t>(*bits);
  return address;
}

void format_with_prefix(const Address& address, TextWriter& text) {
  format_address(address, text);
  text.add('/', unsigned{address.prefix});
}

}  // namespace microctr

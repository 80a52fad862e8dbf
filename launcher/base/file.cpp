#include "launcher/base/file.h"

#include <fcntl.h>

#include "launcher/base/bytes.h"
#include "launcher/base/limits.h"
#include "launcher/base/sys.h"
#include "launcher/base/text.h"

namespace microctr {

Result<std::string_view> read_all(int descriptor, std::span<char> buffer, std::uint64_t known_size) {
  std::size_t size = 0;
  while (size < buffer.size()) {
    const std::size_t count = TRY(sys::read(descriptor, buffer.subspan(size)));
    size += count;
    if (count == 0 || size == known_size) return std::string_view(buffer.data(), size);
  }
  char beyond;
  const std::size_t more = TRY(sys::read(descriptor, {&beyond, 1}));
  if (more != 0) return fail(EFBIG, "read");
  return std::string_view(buffer.data(), size);
}

Result<std::string_view> read_file(int directory, CString path, std::span<char> buffer) {
  const Fd file = TRY(sys::open_at(directory, path, O_RDONLY | O_NOCTTY | O_NONBLOCK));  // a FIFO must not hold us
  auto text = read_all(file.get(), buffer);
  if (!text) return text.error().about(path);
  return text;
}

Result<std::string_view> read_value(int directory, CString path, std::span<char> buffer) {
  const Fd file = TRY(sys::open_at(directory, path, O_RDONLY | O_NOCTTY | O_NONBLOCK));
  const auto size = sys::read(file.get(), buffer);
  if (!size) return size.error().about(path);
  if (size.value() == buffer.size()) return fail(EFBIG, "read", path);
  return std::string_view(buffer.data(), size.value());
}

Result<void> write_value(int directory, CString path, std::string_view value) {
  const Fd file = TRY(sys::open_at(directory, path, O_WRONLY | O_NOCTTY));
  const auto written = sys::write(file.get(), value);
  if (!written) return written.error().about(path);
  return {};
}

Result<void> write_all(int descriptor, std::string_view text) {
  while (!text.empty()) text.remove_prefix(TRY(sys::write(descriptor, text)));
  return {};
}

Result<void> replace_file(CString path, CString temporary, std::string_view text, unsigned mode, Survives survives) {
  {
    const Fd file = TRY(sys::open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, mode));
    auto written = write_all(file.get(), text);
    if (written && survives == Survives::power_cut) written = sys::sync_file(file.get());
    if (!written) {
      (void)sys::remove_file(sys::working_directory, temporary);
      return written.error().about(path);
    }
  }
  return sys::rename(temporary, path);
}

Result<void> replace_node(int directory, CString name, CString aside, std::string_view text, unsigned mode) {
  constexpr int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW;
  auto file = sys::open_at(directory, name, flags, mode);
  if (file) {  // nothing was there, and nobody can have counted on it
    const auto done = write_all(file.value().get(), text);
    if (!done) (void)sys::remove_file(directory, name);
    return done;
  }
  if (file.error().code != EEXIST) return file.failed();
  file = sys::open_at(directory, aside, flags, mode);
  if (!file && file.error().code == EEXIST) {
    TRY(sys::remove_file(directory, aside));
    file = sys::open_at(directory, aside, flags, mode);
  }
  if (!file) return file.failed();
  auto done = write_all(file.value().get(), text);
  if (done) done = sys::rename_at(directory, aside, name);
  if (!done) (void)sys::remove_file(directory, aside);
  return done;
}

Result<void> make_directories(CString path, unsigned mode) {
  const auto whole = sys::make_directory(sys::working_directory, path, mode);
  if (whole || whole.error().code == EEXIST) return {};
  if (whole.error().code != ENOENT) return whole.error().about(path);
  Bytes<limits::path> storage;
  TextWriter prefix(storage);
  std::string_view rest = path.view();
  while (!rest.empty()) {
    const std::string_view part = cut(rest, '/');
    if (part.empty()) continue;
    prefix.add('/', part);
    if (prefix.overflowed()) return fail(ENAMETOOLONG, "make directory"_p, path);
    const auto made = sys::make_directory(sys::working_directory, prefix.text(), mode);
    if (!made && made.error().code != EEXIST) return made.error().about(path);
  }
  return {};
}

Result<CString> own_program(std::span<char> storage) {
  constexpr std::string_view deleted = " (deleted)";  // what the kernel adds to the path of a replaced program
  const CString program = TRY(sys::read_link(sys::working_directory, "/proc/self/exe", storage));
  if (!program.view().ends_with(deleted)) return program;
  storage[program.size() - deleted.size()] = '\0';
  return CString::from_pointer(storage.data());
}

Result<void> link_own_program(CString path) {
  Bytes<limits::path> storage;
  const CString program = TRY(own_program(storage));
  auto made = sys::make_symlink(program, sys::working_directory, path);
  if (made || made.error().code != EEXIST) return made;
  Bytes<limits::path> other;
  const auto there = sys::read_link(sys::working_directory, path, other);
  if (there && there.value() == program) return {};
  (void)sys::remove_file(sys::working_directory, path);
  return sys::make_symlink(program, sys::working_directory, path);
}

}  // namespace microctr

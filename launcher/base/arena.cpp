#include "launcher/base/arena.h"

namespace microctr {

namespace {

constexpr Phrase too_much = "hold text (too much for the fixed storage)"_p;

}  // namespace

Result<CString> Arena::keep(const TextWriter& writer) {
  if (writer.overflowed()) return fail(ENOSPC, too_much);
  used_ += writer.size() + 1;
  return writer.text();
}

Result<CString> Arena::join_parts(std::uint64_t kinds, ...) {
  if (rest().empty()) return fail(ENOSPC, too_much);
  TextWriter writer(rest());
  std::va_list parts;
  va_start(parts, kinds);
  writer.add_list(kinds, parts);
  va_end(parts);
  return keep(writer);
}

Result<CString> Arena::join(std::initializer_list<std::string_view> parts) {
  if (rest().empty()) return fail(ENOSPC, too_much);
  TextWriter writer(rest());
  for (const std::string_view text : parts) writer.add(text);
  return keep(writer);
}

}  // namespace microctr

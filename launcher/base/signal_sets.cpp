#include "launcher/base/signal_sets.h"

#include "launcher/base/bytes.h"
#include "launcher/base/file.h"
#include "launcher/base/sys.h"
#include "launcher/base/text.h"

namespace microctr {

namespace {

// 16 hexadecimal digits behind the field's name (proc(5)).
std::uint64_t field_of(std::string_view status, std::string_view field) {
  const std::size_t at = status.find(field);
  if (at == std::string_view::npos) return 0;
  std::string_view digits = after(status, at + field.size());
  std::uint64_t set = 0;
  for (const char digit : trim(cut(digits, '\n'))) {
    set = set << 4 | static_cast<std::uint64_t>(digit <= '9' ? digit - '0' : digit - 'a' + 10);
  }
  return set;
}

}  // namespace

std::optional<SignalSets> signal_sets_of(CString process) {
  Bytes<4096> buffer;
  const TextBuffer<32> path("/proc/", process, "/status");
  const auto status = read_value(sys::working_directory, path.text(), buffer);
  if (!status) return {};
  return SignalSets{.blocked = field_of(status.value(), "\nSigBlk:"),
                    .ignored = field_of(status.value(), "\nSigIgn:"),
                    .caught = field_of(status.value(), "\nSigCgt:")};
}

}  // namespace microctr

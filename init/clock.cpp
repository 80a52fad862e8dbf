#include "init/clock.h"

#include <optional>

#include "launcher/base/bytes.h"
#include "launcher/base/file.h"
#include "launcher/base/limits.h"
#include "launcher/base/log.h"
#include "launcher/base/sys_machine.h"
#include "launcher/base/text.h"

namespace microctr {

namespace {

constexpr std::int64_t largest = 253'402'300'799;  // the end of the year 9999

std::int64_t offset_of_clock() {
  return sys::wall_time().seconds - static_cast<std::int64_t>(sys::monotonic_ms() / 1000);
}

// Nothing: there is no such file. What is no time is said.
std::optional<std::int64_t> read_time(CString file) {
  Bytes<64> buffer;
  const auto text = read_file(sys::working_directory, file, buffer);
  if (!text) {
    if (text.error().code != ENOENT) log_failure({}, text.error());
    return {};
  }
  const auto seconds = parse_number(trim(leading(text.value(), position(text.value(), '\n'))), largest);
  if (seconds) return static_cast<std::int64_t>(*seconds);
  log_error({}, "clock: ", file, ": not a time (seconds since 1970 are needed)"_p);
  return {};
}

}  // namespace

void KeptClock::restore(CString file) {
  const auto kept = file.empty() ? std::nullopt : read_time(file);
  if (kept && *kept > sys::wall_time().seconds) {
    if (const auto set = sys::set_wall_time(*kept); !set)
      log_failure({}, set.error());
    else
      log_error({}, "clock: restored from ", file);
  }
  follow(file);
}

void KeptClock::follow(CString file) {
  file_ = file;
  offset_ = offset_of_clock();
}

void KeptClock::look() {
  constexpr std::int64_t step = 3600;
  constexpr std::uint64_t look_again_ms = 60'000;
  if (file_.empty()) return;
  due_ = sys::monotonic_ms() + look_again_ms;
  const std::int64_t offset = offset_of_clock();
  if (offset > offset_ - step && offset < offset_ + step) return;
  const auto child = sys::fork();  // a disk can be slow, or hang
  if (!child) return log_failure("clock", child.error());
  if (child.value() == 0) {
    save();
    sys::exit(0);
  }
  offset_ = offset;
}

void KeptClock::save() {
  if (file_.empty()) return;
  TextBuffer<24> text(sys::wall_time().seconds, '\n');
  TextBuffer<limits::path> aside(file_, ".new");
  if (const auto saved = replace_file(file_, aside.text(), text.view(), 0644, Survives::power_cut); !saved)
    log_failure({}, saved.error());
}

}  // namespace microctr

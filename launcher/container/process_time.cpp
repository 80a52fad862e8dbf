#include "launcher/container/process_time.h"

#include "launcher/base/bytes.h"
#include "launcher/base/file.h"
#include "launcher/base/sys.h"
#include "launcher/base/text.h"

namespace microctr {

namespace {

// The letter of its state and its start time (proc(5): fields 3 and 22).
Result<std::uint64_t> read_process(pid_t pid, char& letter) {
  Bytes<1024> buffer;
  TextBuffer<32> path("/proc/", pid, "/stat");
  std::string_view text = TRY(read_value(sys::working_directory, path.text(), buffer));
  const std::size_t name_end = last_position(text, ')');  // the name may hold anything
  if (name_end == std::string_view::npos) return fail(EINVAL, "read the start time"_p);
  text.remove_prefix(name_end + 1);
  const std::string_view state = next_word(text);
  letter = state.empty() ? '?' : state.front();
  constexpr int fields_before = 18;  // 4 to 21
  for (int field = 0; field < fields_before; ++field) (void)next_word(text);
  const auto ticks = parse_number(next_word(text));
  if (!ticks) return fail(EINVAL, "read the start time"_p);
  return *ticks;
}

}  // namespace

Result<std::uint64_t> process_start_time(pid_t pid) {
  char letter;
  return read_process(pid, letter);
}

bool is_running(pid_t pid, std::uint64_t started) {
  char letter;
  const auto time = read_process(pid, letter);
  return time && time.value() == started && letter != 'Z' && letter != 'X';
}

Result<Fd> open_process_of(pid_t pid, std::uint64_t started) {
  if (pid == 0) return fail(ESRCH, "find its process"_p);
  Fd pidfd = TRY(sys::open_process(pid));
  // The number was valid when it was written; the start time tells whether it still means the same process.
  if (!is_running(pid, started)) return fail(ESRCH, "find its process"_p);
  return pidfd;
}

}  // namespace microctr

#include "launcher/container/environment_file.h"

#include <fcntl.h>

#include <utility>

#include "launcher/base/file.h"
#include "launcher/base/sys.h"
#include "launcher/base/text.h"

namespace microctr {

static char buffer[limits::environment_text];

Result<void> read_environment_file(const Step& step, Arena& arena, FileEnvironment& variables) {
  const auto file = sys::open(step.source, O_RDONLY | O_NOCTTY | O_NONBLOCK);
  if (!file) {
    if (step.optional && file.error().code == ENOENT) return {};
    return file.failed();
  }
  if (!S_ISREG(TRY(sys::status(file.value().get())).mode)) return fail(0, "it is not a regular file"_p);
  const auto text = read_all(file.value().get(), buffer);
  if (!text) return text.failed();
  std::string_view lines = text.value();
  while (!lines.empty()) {
    std::string_view line = cut(lines, '\n');
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() || begins_with(line, '#')) continue;
    const std::size_t equals = position(line, '=');
    if (equals == 0 || equals == std::string_view::npos || contains(line, '\0')) {
      return fail(0, "a line is not NAME=VALUE"_p);
    }
    if (!variables.push(TRY(arena.copy(line)))) return fail(0, "too many variables (limit 64)"_p);
  }
  return {};
}

Result<void> keep_environment(CString record, const FileEnvironment& variables) {
  const TextBuffer<limits::path> path(record, "/environment");
  TextWriter text(buffer);
  for (const CString variable : variables) text.add(variable, "\n");
  (void)sys::remove_file(sys::working_directory, path.text());
  if (text.overflowed()) return {};
  const Fd file = TRY(sys::open(path.text(), O_WRONLY | O_CREAT | O_EXCL, 0600));
  return write_all(file.get(), text.view());
}

Result<void> read_kept_environment(const Plan& plan, CString record, Arena& arena, FileEnvironment& variables) {
  const TextBuffer<limits::path> path(record, "/environment");
  bool is_first = true;
  for (const Step& step : plan.steps) {
    if (step.op != Op::read_environment) continue;
    const Step kept = {.op = step.op, .source = path.text()};
    if (std::exchange(is_first, false) && read_environment_file(kept, arena, variables)) return {};
    TRY(read_environment_file(step, arena, variables));
  }
  return {};
}

}  // namespace microctr

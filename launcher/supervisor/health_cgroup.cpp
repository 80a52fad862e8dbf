#include "launcher/supervisor/health_cgroup.h"

#include "launcher/base/bytes.h"
#include "launcher/base/file.h"
#include "launcher/base/sys.h"
#include "launcher/container/cgroup.h"

namespace microctr {

namespace {

constexpr Literal child = "/microctr-health";

struct Counter {
  TableText<20> file;
  TableText<12> name;
};
constexpr Counter counters[] = {
    {"/pids.events", "max"},              // v1 and v2
    {"/memory.events", "oom_kill"},       // v2
    {"/memory.oom_control", "oom_kill"},  // v1, Linux 4.13
};

std::uint64_t count_in(std::string_view directory, std::span<const Counter> wanted) {
  std::uint64_t count = 0;
  for (const Counter& counter : wanted) {
    Bytes<512> buffer;
    const TextBuffer<limits::path> path(directory, counter.file);
    const auto text = read_file(sys::working_directory, path.text(), buffer);
    if (text) count += number_of(text.value(), counter.name.text());
  }
  return count;
}

}  // namespace

std::uint64_t number_of(std::string_view lines, std::string_view name) {
  while (!lines.empty()) {
    std::string_view line = cut(lines, '\n');
    if (cut(line, ' ') == name) return parse_number(line).value_or(0);
  }
  return 0;
}

Result<void> HealthCgroup::make(const Plan& plan) {
  path_.clear();
  if (plan.cgroup.empty()) return {};
  path_.add(plan.cgroup, child);
  const auto made = sys::make_directory(sys::working_directory, path(), 0755);
  if (made || made.error().code != EEXIST) return made;
  kill();
  remove();
  const auto again = sys::make_directory(sys::working_directory, path(), 0755);
  return again || again.error().code == EEXIST ? Result<void>() : again;
}

void HealthCgroup::kill() {
  if (!path().empty()) (void)kill_cgroup(path());
}

void HealthCgroup::remove() {
  if (!path().empty()) (void)remove_cgroup(path());
}

static std::uint64_t count_in_all(CString record, std::span<const Counter> wanted) {
  Bytes<16 * 1024> buffer;
  const TextBuffer<limits::path> journal(record, "/journal");
  const auto text = read_file(sys::working_directory, journal.text(), buffer);
  std::uint64_t count = 0;
  std::string_view lines = text ? text.value() : std::string_view();
  while (!lines.empty()) {
    std::string_view line = cut(lines, '\n');
    if (cut(line, '\t') == "cgroup") count += count_in(cut(line, '\t'), wanted);
  }
  return count;
}

std::uint64_t HealthCgroup::count_refusals() const {
  return (path().empty() ? 0 : count_in(path(), counters)) + count_in_all(record_, counters);
}

bool was_out_of_memory(CString record) { return count_in_all(record, std::span(counters).subspan(1)) != 0; }

}  // namespace microctr

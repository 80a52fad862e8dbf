#include "launcher/supervisor/stats.h"

#include <fcntl.h>

#include <cstring>

#include "launcher/base/bytes.h"
#include "launcher/base/file.h"
#include "launcher/base/limits.h"
#include "launcher/base/sys.h"
#include "launcher/base/text.h"
#include "launcher/container/cgroup_list.h"

namespace microctr {

namespace {

constexpr std::size_t file_size = 8 * 1024;

// v1 says "no limit" as the largest number of pages.
constexpr std::uint64_t no_limit = std::uint64_t{1} << 62;

struct Number {
  TableText<28> file;
  bool is_limit;
  std::uint64_t Stats::*value;
};

constexpr Number numbers[] = {
    {"memory.current", false, &Stats::memory},   {"memory.usage_in_bytes", false, &Stats::memory},
    {"memory.max", true, &Stats::memory_limit},  {"memory.limit_in_bytes", true, &Stats::memory_limit},
    {"memory.peak", false, &Stats::memory_peak}, {"memory.max_usage_in_bytes", false, &Stats::memory_peak},
    {"pids.current", false, &Stats::pids},       {"pids.max", true, &Stats::pids_limit},
};

void add_to(std::uint64_t& sum, std::uint64_t value) { sum = sum == unknown_count ? value : sum + value; }

std::string_view first_line(std::string_view text) { return cut(text, '\n'); }

// One cgroup, whichever hierarchy it is of: the names of the files do not overlap, or mean the same.
class CgroupReader {
 public:
  CgroupReader(int directory, Stats& stats) : directory_(directory), stats_(stats) {}

  void read_cgroup() {
    for (const Number& number : numbers) {
      const auto value = parse_number(first_line(read(number.file)));  // "max": none
      if (value && (!number.is_limit || *value < no_limit)) stats_.*number.value = *value;
    }
    read_cpu();
    parse_unified_io(read("io.stat"), stats_);
    parse_legacy_io(read("blkio.throttle.io_service_bytes_recursive"), stats_);
    parse_pressure(read("cpu.pressure"), stats_.cpu_pressure);
    parse_pressure(read("memory.pressure"), stats_.memory_pressure);
    parse_pressure(read("io.pressure"), stats_.io_pressure);
  }

 private:
  std::string_view read(CString file) {
    const auto text = read_file(directory_, file, buffer_);
    return text ? text.value() : std::string_view();
  }

  void read_cpu() {
    constexpr std::uint64_t ns_per_us = 1000;
    if (const auto usage = parse_number(first_line(read("cpuacct.usage")))) stats_.cpu_usage_us = *usage / ns_per_us;
    std::string_view lines = read("cpu.stat");  // v1 has a file of this name without the usage
    while (!lines.empty()) {
      std::string_view line = cut(lines, '\n');
      if (cut(line, ' ') != "usage_usec") continue;
      if (const auto usage = parse_number(line)) stats_.cpu_usage_us = *usage;
    }
  }

  int directory_;
  Stats& stats_;
  Bytes<file_size> buffer_;
};

// The interfaces of the host's network are not the container's.
bool has_own_network(pid_t pid) {
  TextBuffer<40> path("/proc/", pid, "/ns/net");
  const auto theirs = sys::status_at(sys::working_directory, path.text(), 0);
  const auto ours = sys::status_at(sys::working_directory, "/proc/self/ns/net", 0);
  return theirs && ours && theirs.value().inode != ours.value().inode;
}

void read_interfaces(pid_t pid, Stats& stats) {
  if (pid == 0 || !has_own_network(pid)) return;
  Bytes<file_size> buffer;
  TextBuffer<40> path("/proc/", pid, "/net/dev");
  const auto text = read_file(sys::working_directory, path.text(), buffer);
  if (text) parse_interfaces(text.value(), stats);
}

}  // namespace

std::uint64_t hundredths_of(std::string_view number) {
  const std::uint64_t whole = parse_number(cut(number, '.'), UINT64_MAX / 1000).value_or(0);
  std::uint64_t part = 0;
  for (std::size_t digit = 0; digit < 2; ++digit) {
    const char character = digit < number.size() ? number[digit] : '0';
    part = part * 10 + (character >= '0' && character <= '9' ? static_cast<std::uint64_t>(character - '0') : 0);
  }
  return whole * 100 + part;
}

void parse_pressure(std::string_view text, Pressure& pressure) {
  while (!text.empty()) {
    std::string_view line = cut(text, '\n');
    const std::string_view kind = next_word(line);
    std::string_view average = next_word(line);
    if (cut(average, '=') != "avg10") continue;
    if (kind == "some") pressure.some = hundredths_of(average);
    if (kind == "full") pressure.full = hundredths_of(average);
  }
}

void parse_interfaces(std::string_view text, Stats& stats) {
  constexpr unsigned fields = 16;
  while (!text.empty()) {
    std::string_view line = cut(text, '\n');
    if (!contains(line, ':')) continue;  // the two lines of headings
    const std::string_view name = trim(cut(line, ':'));
    InterfaceStats interface;
    if (name == "lo" || name.size() >= sizeof interface.name) continue;
    std::memcpy(interface.name, name.data(), name.size());
    std::uint64_t field[fields] = {};
    for (std::uint64_t& value : field) value = parse_number(next_word(line)).value_or(0);
    interface.received_bytes = field[0];
    interface.received_packets = field[1];
    interface.sent_bytes = field[8];
    interface.sent_packets = field[9];
    if (!stats.interfaces.push(interface)) return;
  }
}

void parse_unified_io(std::string_view text, Stats& stats) {
  while (!text.empty()) {
    std::string_view line = cut(text, '\n');
    (void)next_word(line);  // the device
    for (std::string_view word = next_word(line); !word.empty(); word = next_word(line)) {
      const std::string_view key = cut(word, '=');
      const std::uint64_t value = parse_number(word).value_or(0);
      if (key == "rbytes") add_to(stats.read_bytes, value);
      if (key == "wbytes") add_to(stats.written_bytes, value);
    }
  }
}

void parse_legacy_io(std::string_view text, Stats& stats) {
  while (!text.empty()) {
    std::string_view line = cut(text, '\n');
    (void)next_word(line);  // the device; "Total" in the last line
    const std::string_view kind = next_word(line);
    const std::uint64_t value = parse_number(next_word(line)).value_or(0);
    if (kind == "Read") add_to(stats.read_bytes, value);
    if (kind == "Write") add_to(stats.written_bytes, value);
  }
}

void read_stats(CString record, pid_t pid, Stats& stats) {
  CgroupList cgroups;
  (void)cgroups.read(record);
  while (true) {
    TextBuffer<limits::path> path(cgroups.next());
    if (path.size() == 0) break;
    const auto directory = sys::open(path.text(), O_PATH | O_DIRECTORY | O_NOFOLLOW);
    if (directory) CgroupReader(directory.value().get(), stats).read_cgroup();
  }
  read_interfaces(pid, stats);
}

Result<std::uint64_t> running_ms(std::uint64_t start_ticks) {
  constexpr std::uint64_t ms_per_hundredth = 10;  // start times count in hundredths as well (USER_HZ)
  Bytes<64> buffer;
  std::string_view text = TRY(read_file(sys::working_directory, "/proc/uptime", buffer));
  const std::uint64_t now = hundredths_of(next_word(text));
  return now > start_ticks ? (now - start_ticks) * ms_per_hundredth : 0;
}

}  // namespace microctr

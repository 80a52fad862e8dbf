// stats: what containers use. And the rows that it and `top` print.

#include "launcher/cli/usage.h"

#include "launcher/base/bytes.h"
#include "launcher/base/log.h"
#include "launcher/base/sys.h"
#include "launcher/cli/amounts.h"
#include "launcher/cli/json.h"
#include "launcher/cli/verbs.h"
#include "launcher/supervisor/client.h"

namespace microctr {

namespace {

void add_known(Json& json, CString key, std::uint64_t value) {
  if (value != unknown_count) json.number(key, static_cast<std::int64_t>(value));
}

void add_pressure(Json& json, CString key, const Pressure& pressure) {
  if (pressure.some == unknown_count && pressure.full == unknown_count) return;
  json.open_object(key);
  if (pressure.some != unknown_count) json.hundredths("some_avg10", pressure.some);
  if (pressure.full != unknown_count) json.hundredths("full_avg10", pressure.full);
  json.close_object();
}

void add_interfaces(Json& json, const Stats& stats) {
  json.open_array("network");
  for (const InterfaceStats& interface : stats.interfaces) {
    json.open_object().string("name", interface.name);
    add_known(json, "rx_bytes", interface.received_bytes);
    add_known(json, "rx_packets", interface.received_packets);
    add_known(json, "tx_bytes", interface.sent_bytes);
    add_known(json, "tx_packets", interface.sent_packets);
    json.close_object();
  }
  json.close_array();
}

void add_sample(Json& json, CString name, const Sample& sample) {
  const Stats& stats = sample.stats;
  json.open_object().string("name", name).string("state", phase_name(sample.state.phase).view());
  json.number("pid", sample.state.pid);
  add_known(json, "uptime_ms", sample.uptime_ms);
  json.open_object("cpu");
  add_known(json, "usage_usec", stats.cpu_usage_us);
  if (sample.percent != unknown_count) json.hundredths("percent", sample.percent);
  json.close_object().open_object("memory");
  add_known(json, "current", stats.memory);
  add_known(json, "limit", stats.memory_limit);
  add_known(json, "peak", stats.memory_peak);
  json.close_object().open_object("pids");
  add_known(json, "current", stats.pids);
  add_known(json, "limit", stats.pids_limit);
  json.close_object().open_object("io");
  add_known(json, "read_bytes", stats.read_bytes);
  add_known(json, "written_bytes", stats.written_bytes);
  json.close_object();
  add_interfaces(json, stats);
  json.open_object("pressure");
  add_pressure(json, "cpu", stats.cpu_pressure);
  add_pressure(json, "memory", stats.memory_pressure);
  add_pressure(json, "io", stats.io_pressure);
  json.close_object().close_object();
}

void add_amount(TextWriter& line, std::uint64_t bytes) {
  if (bytes == unknown_count)
    line.add('-');
  else
    add_bytes(line, bytes);
}

void add_number(TextWriter& line, std::uint64_t number) {
  if (number == unknown_count)
    line.add('-');
  else
    line.add(number);
}

void add_pair(TextWriter& line, std::uint64_t left, std::uint64_t right) {
  add_amount(line, left);
  line.add('/');
  add_amount(line, right);
}

void add_share(TextWriter& line, std::uint64_t hundredths) {
  if (hundredths == unknown_count)
    line.add('-');
  else
    add_hundredths(line, hundredths);
}

// One that is named and does not run is an error; without names, those that run are meant.
int complain_of_missing(const Places& places, CString name) {
  if (!is_name(name) || !read_state(places, name)) return unknown_container(name);
  return complain(name, fail(0, "it is not running"_p), 1);
}

}  // namespace

bool take_sample(const Places& places, CString name, Sample& sample) {
  const auto state = read_state(places, name);
  if (!state) return false;
  sample.state = state.value();
  const auto pidfd = open_first_process(sample.state);
  if (!pidfd) return false;
  RecordPath record(places, name);
  read_stats(record.text(), sample.state.pid, sample.stats);
  if (const auto uptime = running_ms(sample.state.pid_started); uptime) sample.uptime_ms = uptime.value();
  if (sample.stats.cpu_usage_us != unknown_count && sample.uptime_ms != 0)
    sample.percent = share_of(sample.stats.cpu_usage_us, sample.uptime_ms);
  // What was read of a process with this number was read of this one only while it was there.
  const auto ended = sys::poll_one(pidfd.value().get(), POLLIN, 0);
  return ended && !ended.value();
}

void print_json_sample(CString name, const Sample& sample, bool first) {
  TextBuffer<6 * 1024> text(first ? "" : ",");
  Json json(text);
  add_sample(json, name, sample);
  print(text.view());
}

void add_heading(TextWriter& text) {
  text.add(
      "NAME                 CPU%    TIME     MEMORY/LIMIT     PIDS/LIMIT   READ/WRITTEN     RECEIVED/SENT    WAIT%\n"_p);
}

void add_row(TextWriter& text, CString name, const Sample& sample) {
  const Stats& stats = sample.stats;
  const std::size_t start = text.size();
  text.add(name).fill(start + 21);
  add_share(text, sample.percent);
  text.fill(start + 29);
  if (stats.cpu_usage_us == unknown_count)
    text.add('-');
  else
    add_duration(text, stats.cpu_usage_us / 1'000'000);
  text.fill(start + 38);
  add_pair(text, stats.memory, stats.memory_limit);
  text.fill(start + 55);
  add_number(text, stats.pids);
  text.add('/');
  add_number(text, stats.pids_limit);
  text.fill(start + 68);
  add_pair(text, stats.read_bytes, stats.written_bytes);
  text.fill(start + 85);
  std::uint64_t received = stats.interfaces.empty() ? unknown_count : 0;
  std::uint64_t sent = received;
  for (const InterfaceStats& interface : stats.interfaces) {
    received += interface.received_bytes;
    sent += interface.sent_bytes;
  }
  add_pair(text, received, sent);
  text.fill(start + 102);
  std::uint64_t wait = unknown_count;
  for (const Pressure* pressure : {&stats.cpu_pressure, &stats.memory_pressure, &stats.io_pressure}) {
    if (pressure->some != unknown_count && (wait == unknown_count || pressure->some > wait)) wait = pressure->some;
  }
  add_share(text, wait);
  text.add('\n');
}

void print_row(CString name, const Sample& sample) {
  TextBuffer<512> line;
  add_row(line, name, sample);
  print(line.view());
}

int verb_stats(const Invocation& invocation) {
  const Wanted wanted(invocation);
  int status = 0;
  bool first = true;
  if (invocation.json) {
    print("[");
  } else {
    TextBuffer<256> heading;
    add_heading(heading);
    print(heading.view());
  }
  for (std::size_t index = 0; index < wanted.size(); ++index) {
    const CString name = wanted.at(index);
    Sample sample;
    if (!is_name(name) || !take_sample(invocation.places, name, sample)) {
      if (wanted.is_named()) status = complain_of_missing(invocation.places, name);
      continue;
    }
    if (invocation.json)
      print_json_sample(name, sample, first);
    else
      print_row(name, sample);
    first = false;
  }
  if (invocation.json) print("]\n");
  return status;
}

}  // namespace microctr

// list: what has a record, running or ended.

#include "launcher/base/clock_text.h"
#include "launcher/base/log.h"
#include "launcher/cli/amounts.h"
#include "launcher/cli/json.h"
#include "launcher/cli/names.h"
#include "launcher/cli/verbs.h"
#include "launcher/supervisor/client.h"
#include "launcher/supervisor/stats.h"

namespace microctr {

namespace {

// Of the first process that is there now; nothing when there is none.
std::optional<std::uint64_t> uptime_seconds(const State& state) {
  if (!open_first_process(state)) return {};
  const auto uptime = running_ms(state.pid_started);
  if (!uptime) return {};
  return uptime.value() / 1000;
}

std::string_view condition(const State& state) {
  if (state.health != Health::none) return health_name(state.health).view();
  return state.phase == Phase::running && !state.ready && !state.foreground ? "unready" : "-";
}

// Each column has a word, so that they can be told apart by their number.
void print_row(const Places& places, CString name, const State& state) {
  TextBuffer<512> line(name);
  line.fill(21);
  const bool running = state.phase == Phase::running;
  line.add(running && is_paused(places, name, state) ? "paused" : phase_name(state.phase).view()).fill(31);
  if (has_ended(state.phase))
    line.add(state.status);
  else
    line.add('-');
  line.fill(38);
  if (state.pid != 0)
    line.add(state.pid);
  else
    line.add('-');
  line.fill(47);
  if (const auto uptime = uptime_seconds(state))
    add_duration(line, *uptime);
  else
    line.add('-');
  line.fill(55);
  line.add(state.restarts).fill(64);
  line.add(condition(state)).fill(74);
  TextBuffer<40> time;
  format_time({state.created, 0}, time);
  line.add(leading(time.view(), 19), "Z\n");
  print(line.view());
}

void print_json_row(Json& json, const Places& places, CString name, const State& state) {
  json.open_object();
  json.string("name", name).string("state", phase_name(state.phase).view()).number("pid", state.pid);
  json.number("status", state.status).number("created", state.created).number("ended", state.ended);
  if (const auto uptime = uptime_seconds(state)) json.number("uptime_s", static_cast<std::int64_t>(*uptime));
  json.number("restarts", state.restarts).boolean("ready", state.ready);
  json.boolean("paused", is_paused(places, name, state)).string("health", health_name(state.health).view());
  json.boolean("foreground", state.foreground).close_object();
}

}  // namespace

int verb_list(const Invocation& invocation) {
  const Places& places = invocation.places;
  const Names& names = recorded_names(places);
  if (invocation.json)
    print("[");
  else
    print_phrase("NAME                 STATE     STATUS PID      UPTIME  RESTARTS HEALTH    CREATED\n"_p);
  std::string_view comma;
  for (std::size_t index = 0; index < names.count; ++index) {
    const CString name = names.at(index);
    const auto state = read_state(places, name);
    if (!state) continue;
    if (!invocation.json) {
      print_row(places, name, state.value());
      continue;
    }
    TextBuffer<768> text(comma);
    comma = ",";
    Json json(text);
    print_json_row(json, places, name, state.value());
    print(text.view());
  }
  if (invocation.json) print("]\n");
  return 0;
}

}  // namespace microctr

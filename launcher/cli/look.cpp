// list: what has a record, running or ended.

#include "launcher/base/clock_text.h"
#include "launcher/base/log.h"
#include "launcher/cli/json.h"
#include "launcher/cli/names.h"
#include "launcher/cli/verbs.h"
#include "launcher/supervisor/record.h"

namespace microctr {

namespace {

void print_row(CString name, const State& state) {
  TextBuffer<512> line(name);
  line.fill(21);
  line.add(phase_name(state.phase)).fill(31);
  if (state.phase == Phase::exited) {
    line.add(state.status);
  } else if (state.pid != 0) {
    line.add('-');
  }
  line.fill(38);
  if (state.pid != 0) line.add(state.pid);
  line.fill(47);
  TextBuffer<40> time;
  format_time({state.created, 0}, time);
  line.add(leading(time.view(), 19), "Z\n");
  print(line.view());
}

void print_json_row(Json& json, CString name, const State& state) {
  json.open_object();
  json.string("name", name).string("state", phase_name(state.phase).view()).number("pid", state.pid);
  json.number("status", state.status).number("created", state.created).number("ended", state.ended);
  json.boolean("foreground", state.foreground).close_object();
}

}  // namespace

int verb_list(const Invocation& invocation) {
  const Places& places = invocation.places;
  const Names& names = recorded_names(places);
  if (invocation.json)
    print("[");
  else
    print_phrase("NAME                 STATE     STATUS PID      CREATED\n"_p);
  for (std::size_t index = 0; index < names.count; ++index) {
    const CString name = names.at(index);
    const auto state = read_state(places, name);
    if (!state) continue;
    if (!invocation.json) {
      print_row(name, state.value());
      continue;
    }
    TextBuffer<512> text(index == 0 ? "" : ",");
    Json json(text);
    print_json_row(json, name, state.value());
    print(text.view());
  }
  if (invocation.json) print("]\n");
  return 0;
}

}  // namespace microctr

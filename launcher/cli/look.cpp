// list: what has a record, running or ended.

#include <cstring>

#include "launcher/base/clock_text.h"
#include "launcher/base/log.h"
#include "launcher/base/sort.h"
#include "launcher/cli/json.h"
#include "launcher/cli/verbs.h"
#include "launcher/supervisor/record.h"

namespace microctr {

namespace {

struct Names {
  char text[limits::containers][limits::name + 1];
  std::size_t count = 0;
};

Names names;  // static: too large for the stack, and one command lists once

void note(void* context, std::string_view name) {
  auto& list = *static_cast<Names*>(context);
  if (list.count == limits::containers || name.size() > limits::name) return;
  std::memcpy(list.text[list.count], name.data(), name.size());
  list.text[list.count++][name.size()] = '\0';
}

void pad(TextWriter& text, std::size_t used, std::size_t width) {
  for (; used < width; ++used) text.add(' ');
  text.add(' ');
}

void print_row(std::string_view name, const State& state) {
  TextBuffer<512> line(name);
  pad(line, name.size(), 20);
  const std::string_view phase = phase_name(state.phase).view();
  line.add(phase);
  pad(line, phase.size(), 9);
  TextBuffer<16> number;
  if (state.phase == Phase::exited) {
    number.add(state.status);
  } else if (state.pid != 0) {
    number.add("-");
  }
  line.add(number.view());
  pad(line, number.size(), 6);
  TextBuffer<16> pid;
  if (state.pid != 0) pid.add(state.pid);
  line.add(pid.view());
  pad(line, pid.size(), 8);
  TextBuffer<40> time;
  format_time({state.created, 0}, time);
  line.add(time.view().substr(0, 19), "Z\n");
  print(line.view());
}

void print_json_row(Json& json, std::string_view name, const State& state) {
  json.open_object();
  json.string("name", name).string("state", phase_name(state.phase).view()).number("pid", state.pid);
  json.number("status", state.status).number("created", state.created).number("ended", state.ended);
  json.boolean("foreground", state.foreground).close_object();
}

}  // namespace

int verb_list(const Invocation& invocation) {
  const Places& places = invocation.places;
  (void)for_each_record(places, &names, note);
  sort_rows(names.text, names.count);
  if (invocation.json)
    print("[");
  else
    print_phrase("NAME                 STATE     STATUS PID      CREATED\n"_p);
  for (std::size_t index = 0; index < names.count; ++index) {
    const auto state = read_state(places, static_cast<const char*>(names.text[index]));
    if (!state) continue;
    if (!invocation.json) {
      print_row(static_cast<const char*>(names.text[index]), state.value());
      continue;
    }
    TextBuffer<512> text(index == 0 ? "" : ",");
    Json json(text);
    print_json_row(json, static_cast<const char*>(names.text[index]), state.value());
    print(text.view());
  }
  if (invocation.json) print("]\n");
  return 0;
}

}  // namespace microctr

#include "launcher/supervisor/state_text.h"

namespace microctr {

namespace {

constexpr Phase all_phases[] = {Phase::waiting, Phase::starting, Phase::running, Phase::stopping,
                                Phase::delayed, Phase::exited,   Phase::failed};
constexpr Health all_healths[] = {Health::none, Health::starting, Health::healthy, Health::unhealthy};

constexpr std::string_view end_line = "\nend\n";

std::int64_t number_of(std::string_view text) {
  return static_cast<std::int64_t>(parse_number(text, INT64_MAX).value_or(0));
}

void take_line(std::string_view key, std::string_view value, State& state) {
  if (key == "state") {
    for (const Phase phase : all_phases) {
      if (phase_name(phase).view() == value) state.phase = phase;
    }
  }
  if (key == "foreground") state.foreground = value == "yes";
  if (key == "owner") state.owner = static_cast<pid_t>(number_of(value));
  if (key == "pid") state.pid = static_cast<pid_t>(number_of(value));
  if (key == "pid_started") state.pid_started = static_cast<std::uint64_t>(number_of(value));
  if (key == "creator") state.creator = static_cast<uid_t>(number_of(value));
  if (key == "created") state.created = number_of(value);
  if (key == "ended") state.ended = number_of(value);
  if (key == "started") state.started = number_of(value);
  if (key == "status") state.status = static_cast<int>(number_of(value));
  if (key == "restarts") state.restarts = static_cast<unsigned>(number_of(value));
  if (key == "ready") state.ready = value == "yes";
  if (key == "paused") state.paused = value == "yes";
  if (key == "stop_asked") state.stop_asked = value == "yes";
  if (key == "health") {
    for (const Health health : all_healths) {
      if (health_name(health).view() == value) state.health = health;
    }
  }
}

}  // namespace

Literal phase_name(Phase phase) {
  switch (phase) {
    case Phase::waiting: return "waiting";
    case Phase::starting: return "starting";
    case Phase::running: return "running";
    case Phase::stopping: return "stopping";
    case Phase::delayed: return "restarting";
    case Phase::exited: return "exited";
    case Phase::failed: return "failed";
  }
  return "";
}

void write_state_text(const State& state, TextWriter& text) {
  text.add("state = ", phase_name(state.phase), "\nforeground = ", state.foreground ? "yes" : "no",
           "\nowner = ", state.owner, "\npid = ", state.pid, "\npid_started = ", state.pid_started);
  text.add("\ncreator = ", state.creator, "\ncreated = ", state.created, "\nended = ", state.ended,
           "\nstarted = ", state.started, "\nstatus = ", state.status);
  text.add("\nrestarts = ", state.restarts, "\nready = ", state.ready ? "yes" : "no",
           "\npaused = ", state.paused ? "yes" : "no", "\nstop_asked = ", state.stop_asked ? "yes" : "no",
           "\nhealth = ", health_name(state.health));
  constexpr std::string_view lines = "\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n";
  constexpr std::size_t before_end = state_text_size - end_line.size();
  while (text.size() < before_end) text.add(leading(lines, before_end - text.size()));
  text.add(end_line);
}

std::optional<State> parse_state(std::string_view text) {
  if (!text.ends_with(end_line)) return {};
  State state;
  while (!text.empty()) {
    std::string_view line = cut(text, '\n');
    const std::string_view key = trim(cut(line, '='));
    take_line(key, trim(line), state);
  }
  return state;
}

Result<void> put_state(int file, const State& state) {
  TextBuffer<state_text_size + 1> text;
  write_state_text(state, text);
  const std::size_t written = TRY(sys::write_at(file, text.view(), 0));
  return written == text.size() ? Result<void>() : fail(ENOSPC, "write the container's state"_p);
}

}  // namespace microctr

#include "launcher/supervisor/state_text.h"

namespace microctr {

namespace {

constexpr Phase all_phases[] = {Phase::starting, Phase::running, Phase::stopping, Phase::exited, Phase::failed};

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
  if (key == "status") state.status = static_cast<int>(number_of(value));
}

}  // namespace

Literal phase_name(Phase phase) {
  switch (phase) {
    case Phase::starting: return "starting";
    case Phase::running: return "running";
    case Phase::stopping: return "stopping";
    case Phase::exited: return "exited";
    case Phase::failed: return "failed";
  }
  return "";
}

void write_state_text(const State& state, TextWriter& text) {
  text.add("state = ", phase_name(state.phase), "\nforeground = ", state.foreground ? "yes" : "no",
           "\nowner = ", state.owner, "\npid = ", state.pid, "\npid_started = ", state.pid_started);
  text.add("\ncreator = ", state.creator, "\ncreated = ", state.created, "\nended = ", state.ended,
           "\nstatus = ", state.status, "\nend\n");
}

std::optional<State> parse_state(std::string_view text) {
  if (!text.ends_with("\nend\n")) return {};
  State state;
  while (!text.empty()) {
    std::string_view line = cut(text, '\n');
    const std::string_view key = trim(cut(line, '='));
    take_line(key, trim(line), state);
  }
  return state;
}

Result<void> replace_content(int file, std::string_view text) {
  TRY(sys::write_at(file, text, 0));
  return sys::truncate(file, text.size());
}

}  // namespace microctr

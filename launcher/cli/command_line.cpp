// Dispatch: from argv to a verb.

#include <fcntl.h>

#include <algorithm>

#include "launcher/base/log.h"
#include "launcher/base/sys.h"
#include "launcher/base/text.h"
#include "launcher/cli/verb_table.h"

namespace microctr {

namespace {

constexpr Verb verbs[] = {
    {"run", "", verb_run, Arguments::one, "run CONF [-- ARGS]", "run a container in the foreground"},
    {"start", "", verb_start, Arguments::some, "start NAME|CONF...", "start containers in the background"},
    {"stop", "", verb_stop, Arguments::some, "stop [-t TIME] NAME...", "stop containers"},
    {"wait", "", verb_wait, Arguments::some, "wait NAME...", "wait for the end, print the exit status"},
    {"remove", "rm", verb_remove, Arguments::some, "remove [--data] NAME...", "remove record and log; --data: also what was kept"},
    {"list", "ps", verb_list, Arguments::none, "list [--json]", "what runs and what has ended"},
    {"inspect", "", verb_inspect, Arguments::some, "inspect [--json] NAME...", "all that is known of a container"},
    {"logs", "", verb_logs, Arguments::one, "logs [-f] [-n N] [-t] NAME", "output of a background container"},
    {"exec", "", verb_exec, Arguments::one, "exec [-i] NAME COMMAND...", "run a command in a running container"},
    {"check", "", verb_check, Arguments::some, "check CONF...", "validate configurations"},
    {"explain", "", verb_explain, Arguments::one, "explain CONF", "every step of a start and its undo; changes nothing"},
    {"lower", "", verb_lower, Arguments::one, "lower [--busybox FILE] DIR", "build the BusyBox lower layer"},
    {"poweroff", "", verb_poweroff, Arguments::none, "poweroff", "with our process 1: stop all, power off"},
    {"reboot", "", verb_reboot, Arguments::none, "reboot", "with our process 1: stop all, reboot"},
    {"halt", "", verb_halt, Arguments::none, "halt", "with our process 1: stop all, halt"},
    {"help", "--help", verb_help, Arguments::optional, "help [TOPIC]", "this text; help keys: the configuration"},
    {"version", "--version", verb_version, Arguments::none, "version", "version and target"},
    {"restart", "", nullptr, Arguments::some, "restart NAME...", ""},
    {"kill", "", nullptr, Arguments::some, "kill [-s SIG] NAME...", ""},
    {"pause", "", nullptr, Arguments::some, "pause NAME...", ""},
    {"resume", "", nullptr, Arguments::some, "resume NAME...", ""},
    {"stats", "", nullptr, Arguments::some, "stats [NAME...]", ""},
    {"events", "", nullptr, Arguments::none, "events", ""},
    {"top", "", nullptr, Arguments::none, "top", ""},
    {"attach", "", nullptr, Arguments::one, "attach NAME", ""},
    {"import", "", nullptr, Arguments::some, "import FILE|- [NAME]", ""},
    {"layers", "", nullptr, Arguments::none, "layers", ""},
    {"export", "", nullptr, Arguments::one, "export NAME", ""},
    {"diff", "", nullptr, Arguments::one, "diff NAME", ""},
    {"commit", "", nullptr, Arguments::some, "commit NAME", ""},
    {"reset", "", nullptr, Arguments::some, "reset NAME", ""},
    {"update", "", nullptr, Arguments::some, "update NAME", ""},
    {"rollback", "", nullptr, Arguments::some, "rollback NAME", ""},
    {"supervise", "", nullptr, Arguments::optional, "supervise [DIR]", ""},
    {"doctor", "", nullptr, Arguments::none, "doctor", ""},
    {"reload", "", nullptr, Arguments::none, "reload", ""},
    {"reexec", "", nullptr, Arguments::none, "reexec", ""},
};

bool has_right_arguments(const Verb& verb, std::size_t count) {
  switch (verb.arguments) {
    case Arguments::none: return count == 0;
    case Arguments::optional: return count <= 1;
    case Arguments::one: return count == 1;
    case Arguments::some: return count >= 1;
  }
  return false;
}

int complain(std::string_view text) {
  log_error({}, text);
  return usage_error;
}

// A caller may have closed 0, 1 or 2; what we open then must not become somebody's standard stream. The first open
// takes the free number, the second is copied over it, because only a copy survives exec.
void hold_standard_streams() {
  for (int descriptor = 0; descriptor <= 2; ++descriptor) {
    if (sys::status(descriptor)) continue;
    auto holder = sys::open("/dev/null", O_RDWR);
    const auto source = sys::open("/dev/null", O_RDWR);
    if (!holder || !source) return;
    (void)holder.value().release();
    (void)sys::duplicate(source.value().get(), descriptor);
  }
}

}  // namespace

std::span<const Verb> all_verbs() { return verbs; }

const Verb* find_verb(std::string_view name) {
  const auto* found = std::find_if(std::begin(verbs), std::end(verbs), [&](const Verb& verb) {
    return verb.name.view() == name || (!verb.alias.empty() && verb.alias.view() == name);
  });
  return found == std::end(verbs) ? nullptr : found;
}

std::string_view nearest_verb(std::string_view name) {
  std::string_view nearest;
  unsigned least = 3;
  for (const Verb& verb : verbs) {
    const unsigned distance = edit_distance(name, verb.name.view());
    if (distance < least) {
      least = distance;
      nearest = verb.name.view();
    }
  }
  return nearest;
}

int run_command_line(std::span<const char* const> arguments, const char* const* environment) {
  hold_standard_streams();
  sys::reset_signal_actions();
  sys::ignore_signal(SIGPIPE);
  InvocationText text;
  Invocation invocation;
  if (!parse_invocation(arguments, environment, text, invocation)) return usage_error;
  if (invocation.verb.empty()) {
    (void)verb_help(invocation);
    return usage_error;
  }
  const Verb* verb = find_verb(invocation.verb);
  TextBuffer<512> message;
  if (verb == nullptr) {
    message.add("unknown command '", invocation.verb, "'");
    const std::string_view nearest = nearest_verb(invocation.verb);
    if (!nearest.empty()) message.add(" (did you mean '", nearest, "'?)");
    return complain(message.view());
  }
  if (verb->function == nullptr) {
    message.add("command '", verb->name, "' is not supported yet");
    return complain(message.view());
  }
  if (!has_right_arguments(*verb, invocation.arguments.size())) {
    message.add("usage: microctr ", verb->usage);
    return complain(message.view());
  }
  return verb->function(invocation);
}

}  // namespace microctr

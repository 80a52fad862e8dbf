// Dispatch: from argv to a verb.

#include <fcntl.h>

#include <algorithm>

#include "launcher/base/log.h"
#include "launcher/base/sys.h"
#include "launcher/base/text.h"
#include "launcher/cli/verb_table.h"
#include "launcher/supervisor/client.h"

namespace microctr {

namespace {

constexpr Verb verbs[] = {
    {"run", "", verb_run, Arguments::one, Sweep::no, "run CONF [-- ARGS]", "run a container in the foreground"},
    {"start", "", verb_start, Arguments::some, Sweep::no, "start NAME|CONF...", "start containers in the background"},
    {"stop", "", verb_stop, Arguments::some, Sweep::first, "stop [-t TIME] NAME...", "stop containers"},
    {"wait", "", verb_wait, Arguments::some, Sweep::first, "wait NAME...", "wait for the end, print the exit status"},
    {"remove", "rm", verb_remove, Arguments::some, Sweep::first, "remove [--data] NAME...", "remove record and log; --data: also what was kept"},
    {"list", "ps", verb_list, Arguments::none, Sweep::first, "list [--json]", "what runs and what has ended"},
    {"inspect", "", verb_inspect, Arguments::some, Sweep::first, "inspect [--json] NAME...", "all that is known of a container"},
    {"logs", "", verb_logs, Arguments::one, Sweep::first, "logs [-f] [-n N] [-t] NAME", "output of a background container"},
    {"exec", "", verb_exec, Arguments::one, Sweep::first, "exec [-i] NAME COMMAND...", "run a command in a running container"},
    {"check", "", verb_check, Arguments::some, Sweep::no, "check CONF...", "validate configurations"},
    {"explain", "", verb_explain, Arguments::one, Sweep::no, "explain CONF", "every step of a start and its undo; changes nothing"},
    {"lower", "", verb_lower, Arguments::one, Sweep::no, "lower [--busybox FILE] DIR", "build the BusyBox lower layer"},
    {"poweroff", "", verb_poweroff, Arguments::none, Sweep::no, "poweroff", "with our process 1: stop all, power off"},
    {"reboot", "", verb_reboot, Arguments::none, Sweep::no, "reboot", "with our process 1: stop all, reboot"},
    {"halt", "", verb_halt, Arguments::none, Sweep::no, "halt", "with our process 1: stop all, halt"},
    {"help", "--help", verb_help, Arguments::optional, Sweep::no, "help [TOPIC]", "this text; help keys: the configuration"},
    {"version", "--version", verb_version, Arguments::none, Sweep::no, "version", "version and target"},
    {"restart", "", nullptr, Arguments::some, Sweep::no, "restart NAME...", ""},
    {"kill", "", nullptr, Arguments::some, Sweep::no, "kill [-s SIG] NAME...", ""},
    {"pause", "", nullptr, Arguments::some, Sweep::no, "pause NAME...", ""},
    {"resume", "", nullptr, Arguments::some, Sweep::no, "resume NAME...", ""},
    {"stats", "", nullptr, Arguments::some, Sweep::no, "stats [NAME...]", ""},
    {"events", "", nullptr, Arguments::none, Sweep::no, "events", ""},
    {"top", "", nullptr, Arguments::none, Sweep::no, "top", ""},
    {"attach", "", nullptr, Arguments::one, Sweep::no, "attach NAME", ""},
    {"import", "", nullptr, Arguments::some, Sweep::no, "import FILE|- [NAME]", ""},
    {"layers", "", nullptr, Arguments::none, Sweep::no, "layers", ""},
    {"export", "", nullptr, Arguments::one, Sweep::no, "export NAME", ""},
    {"diff", "", nullptr, Arguments::one, Sweep::no, "diff NAME", ""},
    {"commit", "", nullptr, Arguments::some, Sweep::no, "commit NAME", ""},
    {"reset", "", nullptr, Arguments::some, Sweep::no, "reset NAME", ""},
    {"update", "", nullptr, Arguments::some, Sweep::no, "update NAME", ""},
    {"rollback", "", nullptr, Arguments::some, Sweep::no, "rollback NAME", ""},
    {"supervise", "", nullptr, Arguments::optional, Sweep::no, "supervise [DIR]", ""},
    {"doctor", "", nullptr, Arguments::none, Sweep::no, "doctor", ""},
    {"reload", "", nullptr, Arguments::none, Sweep::no, "reload", ""},
    {"reexec", "", nullptr, Arguments::none, Sweep::no, "reexec", ""},
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
  if (verb->sweep == Sweep::first) {
    if (const auto swept = sweep(invocation.places); !swept) {
      format_error(swept.error(), message);
      log_error({}, message.view());
      return 125;
    }
  }
  return verb->function(invocation);
}

}  // namespace microctr

#include "launcher/cli/verb_table.h"

#include "launcher/base/text.h"

namespace microctr {

namespace {

// VERB(function, arguments, sweep, name, alias, usage, summary). Those of the second list are known and refused.
// clang-format off
#define MICROCTR_VERBS(VERB) \
  VERB(verb_run, one, no, "run", "", "run CONF [-- ARGS]", "run a container in the foreground") \
  VERB(verb_start, some, no, "start", "", "start NAME|CONF...", "start containers in the background") \
  VERB(verb_stop, some, first, "stop", "", "stop [-t TIME] NAME...", "stop containers") \
  VERB(verb_restart, some, first, "restart", "", "restart NAME...", "stop and start again, as it was started") \
  VERB(verb_kill, some, first, "kill", "", "kill [-s SIGNAL] NAME...", "a signal to the first process; KILL by default") \
  VERB(verb_pause, some, first, "pause", "", "pause NAME...", "all processes stand still") \
  VERB(verb_resume, some, first, "resume", "", "resume NAME...", "and go on") \
  VERB(verb_wait, some, first, "wait", "", "wait NAME...", "wait for the end, print the exit status") \
  VERB(verb_remove, some, first, "remove", "rm", "remove [--data] NAME...", "remove record and log; --data: also what was kept") \
  VERB(verb_list, none, first, "list", "ps", "list [--json]", "what runs and what has ended") \
  VERB(verb_inspect, some, first, "inspect", "", "inspect [--json] NAME...", "all that is known of a container") \
  VERB(verb_stats, any, first, "stats", "", "stats [--json] [NAME...]", "what containers use, since their start") \
  VERB(verb_top, any, first, "top", "", "top [--json] [NAME...]", "what they use now, anew each second; q ends it") \
  VERB(verb_events, none, no, "events", "", "events [--json]", "what happens to containers, as it happens") \
  VERB(verb_logs, one, first, "logs", "", "logs [-f] [-n N] [-t] [--json] [--failure] NAME", "output of a container; --failure: before it last failed") \
  VERB(verb_exec, one, first, "exec", "", "exec [-it] NAME COMMAND...", "run a command in a running container; -t: on a terminal") \
  VERB(verb_attach, one, first, "attach", "", "attach NAME", "its terminal or output, until its end or Ctrl-P Ctrl-Q") \
  VERB(verb_check, some, no, "check", "", "check CONF...", "validate configurations") \
  VERB(verb_explain, one, no, "explain", "", "explain CONF", "every step of a start and its undo; changes nothing") \
  VERB(verb_lower, one, no, "lower", "", "lower [--busybox FILE] DIR", "build the BusyBox lower layer") \
  VERB(verb_doctor, none, no, "doctor", "", "doctor", "what works on this machine, what is missing, what brings it") \
  VERB(verb_reload, none, no, "reload", "", "reload", "read the configurations again; what changed is started anew") \
  VERB(verb_reexec, optional, no, "reexec", "", "reexec [PROGRAM]", "a new supervisor takes over, containers go on") \
  VERB(verb_poweroff, none, no, "poweroff", "", "poweroff", "with our process 1: stop all, power off") \
  VERB(verb_reboot, none, no, "reboot", "", "reboot", "with our process 1: stop all, reboot") \
  VERB(verb_halt, none, no, "halt", "", "halt", "with our process 1: stop all, halt") \
  VERB(verb_help, optional, no, "help", "--help", "help [TOPIC]", "this text; help keys: the configuration") \
  VERB(verb_version, none, no, "version", "--version", "version", "version and target")

#define MICROCTR_LATER_VERBS(VERB) \
  VERB(nullptr, some, no, "import", "", "import FILE|- [NAME]", "") \
  VERB(nullptr, none, no, "layers", "", "layers", "") \
  VERB(nullptr, one, no, "export", "", "export NAME", "") \
  VERB(nullptr, one, no, "diff", "", "diff NAME", "") \
  VERB(nullptr, some, no, "commit", "", "commit NAME", "") \
  VERB(nullptr, some, no, "reset", "", "reset NAME", "") \
  VERB(nullptr, some, no, "update", "", "update NAME", "") \
  VERB(nullptr, some, no, "rollback", "", "rollback NAME", "") \
  VERB(nullptr, optional, no, "supervise", "", "supervise [DIR]", "")
// clang-format on

// All text of the table in one piece: pointers would cost a relocation each.
#define MICROCTR_VERB_TEXT(function, arguments, sweep, name, alias, usage, summary) \
  name "\0" alias "\0" usage "\0" summary "\0"
constexpr char plain_texts[] = MICROCTR_VERBS(MICROCTR_VERB_TEXT) MICROCTR_LATER_VERBS(MICROCTR_VERB_TEXT);
constexpr auto texts = phrase::pack_table<plain_texts, 4, 2>();
#undef MICROCTR_VERB_TEXT

struct Traits {
  Arguments arguments;
  Sweep sweep;
};

#define MICROCTR_VERB_TRAITS(function, arguments, sweep, name, alias, usage, summary) \
  Traits{Arguments::arguments, Sweep::sweep},
constexpr Traits traits[] = {MICROCTR_VERBS(MICROCTR_VERB_TRAITS) MICROCTR_LATER_VERBS(MICROCTR_VERB_TRAITS)};
#undef MICROCTR_VERB_TRAITS

#define MICROCTR_VERB_NUMBER(function, arguments, sweep, name, alias, usage, summary) number_of_##function,
enum Number : std::size_t { MICROCTR_VERBS(MICROCTR_VERB_NUMBER) supported_count };
#undef MICROCTR_VERB_NUMBER

// The text after `text` in the table.
CString next_text(CString text) { return text.from(text.size() + 1); }

// Goes through the table from its beginning.
class Cursor {
 public:
  CString name() const { return name_; }
  CString alias() const { return next_text(name_); }
  Phrase usage() const { return Phrase::from_packed(next_text(alias()).c_str()); }
  Phrase summary() const { return Phrase::from_packed(next_text(next_text(alias())).c_str()); }
  void advance() { name_ = next_text(next_text(next_text(alias()))); }

 private:
  CString name_ = CString::from_pointer(texts.data());
};

}  // namespace

constexpr std::size_t verb_count = std::size(traits);

Verb verb_at(std::size_t number) {
  Cursor cursor;
  for (std::size_t passed = 0; passed < number; ++passed) cursor.advance();
  return {number < supported_count, traits[number].arguments, traits[number].sweep, cursor.name(),
          cursor.alias(),           cursor.usage(),           cursor.summary()};
}

int run_verb(std::size_t number, const Invocation& invocation) {
  switch (number) {
#define MICROCTR_VERB_CASE(function, arguments, sweep, name, alias, usage, summary) \
  case number_of_##function: return function(invocation);
    MICROCTR_VERBS(MICROCTR_VERB_CASE)
#undef MICROCTR_VERB_CASE
    default: return usage_error;
  }
}

std::size_t find_verb(std::string_view name) {
  Cursor cursor;
  for (std::size_t number = 0; number < verb_count; ++number, cursor.advance()) {
    if (cursor.name() == name || (!cursor.alias().empty() && cursor.alias() == name)) return number;
  }
  return verb_count;
}

CString nearest_verb(std::string_view name) {
  CString nearest;
  unsigned least = 3;
  Cursor cursor;
  for (std::size_t number = 0; number < verb_count; ++number, cursor.advance()) {
    const unsigned distance = edit_distance(name, cursor.name());
    if (distance < least) {
      least = distance;
      nearest = cursor.name();
    }
  }
  return nearest;
}

}  // namespace microctr

// Dispatch: from argv to a verb.

#include <fcntl.h>
#include <poll.h>

#include "launcher/base/log.h"
#include "launcher/base/signal_sets.h"
#include "launcher/base/sys.h"
#include "launcher/base/text.h"
#include "launcher/cli/verb_table.h"
#include "launcher/supervisor/client.h"

namespace microctr {

namespace {

bool has_right_arguments(const Verb& verb, std::size_t count) {
  switch (verb.arguments) {
    case Arguments::none: return count == 0;
    case Arguments::optional: return count <= 1;
    case Arguments::one: return count == 1;
    case Arguments::some: return count >= 1;
    case Arguments::any: return true;
  }
  return false;
}

// What would be ignored is refused.
bool has_its_options(CString verb, const Invocation& invocation) {
  const auto is_for = [&](bool given, std::string_view what, std::string_view verbs) {
    while (given && !verbs.empty()) given = next_word(verbs) != verb;
    if (given) log_error({}, what, " is not for "_p, verb, " (see microctr help "_p, verb, ")");
    return !given;
  };
  return is_for(invocation.json, "--json", "list inspect stats top events logs check version") &&
         is_for(!invocation.overrides.empty(), "-o", "run start supervise check explain") &&
         is_for(!invocation.program.empty(), "--", "run exec");
}

// A caller may have closed 0, 1 or 2; what we open then must not become somebody's standard stream. The first open
// takes the free number, the second is copied over it, because only a copy survives exec.
void hold_standard_streams() {
  pollfd streams[] = {{0, 0, 0}, {1, 0, 0}, {2, 0, 0}};
  (void)sys::wait_for_any_of(streams, 0);
  for (int descriptor = 0; descriptor <= 2; ++descriptor) {
    if ((streams[descriptor].revents & POLLNVAL) == 0) continue;  // it is open
    auto holder = sys::open("/dev/null", O_RDWR);
    const auto source = sys::open("/dev/null", O_RDWR);
    if (!holder || !source) return;
    (void)holder.value().release();
    (void)sys::duplicate(source.value().get(), descriptor);
  }
}

}  // namespace

int run_command_line(std::span<const char* const> arguments, const char* const* environment) {
  hold_standard_streams();
  // What the caller ignores would be ignored by all that we start (signal(7)).
  const auto signals = signal_sets_of("self");
  sys::reset_signal_actions(signals ? signals->ignored : UINT64_MAX);
  sys::ignore_signal(SIGPIPE);
  InvocationText text;
  Invocation invocation;
  if (!parse_invocation(arguments, environment, text, invocation)) return usage_error;
  if (invocation.verb.empty()) {
    (void)verb_help(invocation);
    return usage_error;
  }
  const std::size_t number = find_verb(invocation.verb);
  if (number == verb_count) {
    const CString nearest = nearest_verb(invocation.verb);
    log_error({}, "unknown command '"_p, invocation.verb, nearest.empty() ? "" : "' (did you mean '", nearest,
              nearest.empty() ? "'" : "'?)");
    return usage_error;
  }
  const Verb verb = verb_at(number);
  if (!verb.supported) {
    log_error({}, "command '"_p, verb.name, "' is not supported yet"_p);
    return usage_error;
  }
  if (!has_right_arguments(verb, invocation.arguments.size())) {
    log_error({}, "usage: microctr "_p, verb.usage);
    return usage_error;
  }
  if (!has_its_options(verb.name, invocation)) return usage_error;
  if (verb.sweep == Sweep::first) {
    if (const auto swept = sweep(invocation.places); !swept) return complain({}, swept.error(), 125);
  }
  const int status = run_verb(number, invocation);
  const auto done = printed();
  if (done || done.error().code == EPIPE) return status;  // whoever closes a pipe has read enough
  (void)complain({}, done.error(), 1);
  return status == 0 ? 1 : status;
}

}  // namespace microctr

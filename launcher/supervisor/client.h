// The command line's side of the supervisor: finds it, brings it up where it may, asks it, or does without it.
#pragma once

#include "launcher/supervisor/control.h"
#include "launcher/supervisor/session.h"

namespace microctr {

enum class Absent : bool { fail, bring_up };

// One request, one reply; the reply's text is in static storage that the next call uses again. Where nobody serves
// and `absent` allows it, the shared supervisor is forked from this process. Error ECONNREFUSED: nobody serves.
Result<Reply> ask_supervisor(const Places& places, Command command, std::string_view payload, Absent absent);

// What dead owners left is undone: containers, records of `run`, a supervisor's socket, an empty runtime directory.
// Every command that looks at records begins with it. EPERM: the runtime directory is not ours.
Result<void> sweep(const Places& places);

// Stops a container that a `run` owns, or any one with a time-out of the caller's: signal, wait, SIGKILL, wait. The
// owner sees its end and cleans up. Errors: ESRCH its process is not the recorded one any more; EAGAIN it would not
// end.
Result<void> stop_directly(const Places& places, CString name, int signal, std::uint64_t timeout_ms);

// The container's first process by a pidfd that is proven to be the recorded one.
Result<Fd> open_first_process(const State& state);

// Of a `run` nobody notes in its record that somebody else has paused it.
bool is_paused(const Places& places, CString name, const State& state);

}  // namespace microctr

// The verbs: one short function each. A verb gets the whole invocation, prints, and returns the exit status.
#pragma once

#include "launcher/base/result.h"
#include "launcher/cli/invocation.h"

namespace microctr {

struct Failure;

// complain.cpp: says on standard error what went wrong with `name` (a container or a file; may be empty). Returns the
// exit status that the verb ends with.
int complain(CString name, const Failure& failure);
int complain(CString name, const Error& error, int status);
inline int complain(CString name, Failed failed, int status) { return complain(name, failed.error(), status); }

// life.cpp
int verb_run(const Invocation& invocation);
int verb_start(const Invocation& invocation);
int verb_stop(const Invocation& invocation);
int verb_restart(const Invocation& invocation);
int verb_wait(const Invocation& invocation);
int verb_remove(const Invocation& invocation);

// control.cpp
int verb_kill(const Invocation& invocation);
int verb_pause(const Invocation& invocation);
int verb_resume(const Invocation& invocation);
int verb_reload(const Invocation& invocation);
int verb_reexec(const Invocation& invocation);

// usage.cpp, top.cpp, events.cpp
int verb_stats(const Invocation& invocation);
int verb_top(const Invocation& invocation);
int verb_events(const Invocation& invocation);

// look.cpp, inspect.cpp, logs.cpp, exec.cpp, attach.cpp
int verb_list(const Invocation& invocation);
int verb_inspect(const Invocation& invocation);
int verb_logs(const Invocation& invocation);
int verb_exec(const Invocation& invocation);
int verb_attach(const Invocation& invocation);

// supervise.cpp
int verb_supervise(const Invocation& invocation);

// check.cpp, prepare.cpp
int verb_check(const Invocation& invocation);
int verb_explain(const Invocation& invocation);
int verb_lower(const Invocation& invocation);

// doctor.cpp
int verb_doctor(const Invocation& invocation);

// machine.cpp
int verb_poweroff(const Invocation& invocation);
int verb_reboot(const Invocation& invocation);
int verb_halt(const Invocation& invocation);

// help.cpp
int verb_help(const Invocation& invocation);
int verb_version(const Invocation& invocation);

// The whole command line. `arguments` without argv[0]. Returns the exit status of the process.
int run_command_line(std::span<const char* const> arguments, const char* const* environment);

}  // namespace microctr

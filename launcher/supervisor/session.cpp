#include "launcher/supervisor/session.h"

#include <fcntl.h>

#include <cstring>

#include "launcher/base/bytes.h"
#include "launcher/base/file.h"
#include "launcher/base/sys.h"
#include "launcher/container/runtime_lock.h"

namespace microctr {

namespace {

Result<void> keep_config(const Places& places, CString name, std::string_view config) {
  RecordPath path(places, name);
  path.add("/config");
  const Fd file = TRY(sys::open(path.text(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0600));
  return write_all(file.get(), config);
}

Result<void> claim(const Places& places, std::string_view config, Session& session) {
  const RuntimeLock lock = TRY(RuntimeLock::acquire(places.runtime));
  sweep_records(places);
  session.record = TRY(Record::claim(places, session.name()));
  const auto kept = keep_config(places, session.name(), config);
  const auto written = kept ? session.record.write_state(session.state) : kept;
  if (!written) session.record.remove(places, session.name());
  return written;
}

Result<void> undo(const Places& places, const Session& session, Keep addresses) {
  RecordPath record(places, session.name());
  const RuntimeLock lock = TRY(RuntimeLock::acquire(places.runtime));
  return undo_journal(places.runtime, record.text(), addresses);
}

void remove_runtime_if_empty(const Places& places) {
  if (const auto lock = RuntimeLock::acquire(places.runtime); lock) RuntimeLock::remove_if_empty(places.runtime);
}

// Its journal stays, and the next command replays it.
void leave_for_sweep(Session& session) {
  session.state.phase = Phase::failed;
  session.state.pid = 0;
  (void)session.record.write_state(session.state);
  session.record.leave();
}

// A start that failed leaves nothing.
void drop_session(const Places& places, Session& session) {
  session.holdings.let_go();
  if (undo(places, session, Keep::no)) {
    session.record.remove(places, session.name());
  } else {
    leave_for_sweep(session);
  }
  session.pidfd.close();
  session.channel.close();
  session.terminal.close();
  remove_runtime_if_empty(places);
}

void fail(Failure& failure, const Step* step, const Error& error, int status) {
  failure.status = status;
  failure.text.clear();
  format_failure(step, error, failure.text);
}

bool has_signal(std::string_view status, std::string_view field, int signal) {
  const std::size_t at = status.find(field);
  if (at == std::string_view::npos) return false;
  std::string_view digits = after(status, at + field.size());
  digits = trim(cut(digits, '\n'));
  std::uint64_t mask = 0;
  for (const char digit : digits) {
    mask = mask << 4 | static_cast<std::uint64_t>(digit <= '9' ? digit - '0' : digit - 'a' + 10);
  }
  return (mask >> (signal - 1) & 1) != 0;
}

// Ends the process that is on its way, and leaves nothing of it.
void give_up(const Places& places, Session& session) {
  (void)sys::signal_process(session.pidfd.get(), SIGKILL);
  (void)sys::wait_for(session.pidfd.get());
  drop_session(places, session);
}

}  // namespace

bool begin_session(const Places& places, Workbench& bench, std::string_view config, Owner owner, const Streams& streams,
                   Session& session, Failure& failure) {
  const std::string_view name = bench.spec.name;
  std::memcpy(session.name_bytes, name.data(), name.size());
  session.name_bytes[name.size()] = '\0';
  session.state = State();
  session.at_exec = false;
  session.names = {};
  session.names.follows = followed_by_names(bench.spec);
  session.state.foreground = owner == Owner::foreground;
  session.state.owner = sys::process_id();
  session.state.creator = sys::user_id();
  session.state.created = sys::wall_time().seconds;
  if (const auto claimed = claim(places, config, session); !claimed) {
    fail(failure, nullptr, claimed.error(), 125);
    remove_runtime_if_empty(places);
    return false;
  }

  RecordPath record(places, session.name());
  Journal journal(record.text());
  LaunchContext context{.plan = bench.plan,
                        .facts = bench.facts,
                        .journal = journal,
                        .arena = bench.arena,
                        .holdings = session.holdings,
                        .streams = streams,
                        .creator = session.state.owner};
  if (bench.spec.terminal) (void)context.file_environment.push(default_terminal);
  auto launched = launch(context);
  if (!launched) {
    fail(failure, context.failed, launched.error(), 125);
    drop_session(places, session);
    return false;
  }
  if (!context.network.interfaces.empty()) session.names.gateways = context.network.interfaces[0].gateways;
  session.state.pid = launched.value().pid;
  session.pidfd = std::move(launched.value().pidfd);
  session.channel = std::move(launched.value().channel);
  if (const auto started = process_start_time(session.state.pid); started) session.state.pid_started = started.value();
  if (const auto written = session.record.write_state(session.state); !written) {
    // A container that no command could find.
    fail(failure, nullptr, written.error(), 125);
    give_up(places, session);
    return false;
  }
  return true;
}

Word hear_session(const Places& places, Session& session, Failure& failure) {
  Bytes<1024> buffer;
  const auto outcome =
      hear_outcome(session.channel.get(), buffer, session.at_exec, session.terminal, &session.names.hashes);
  if (!outcome && outcome.error().code == EAGAIN) return Word::none;
  if (outcome && outcome.value().runs) {
    session.channel.close();
    session.state.phase = Phase::running;
    (void)session.record.write_state(session.state);
    return Word::runs;
  }
  if (!outcome) {
    fail(failure, nullptr, outcome.error(), 125);
  } else {
    failure.status = outcome.value().status;
    failure.text.clear();
    failure.text.add(outcome.value().text);
  }
  give_up(places, session);
  return Word::failed;
}

Result<void> end_session(const Places& places, Session& session, int status) {
  session.holdings.let_go();
  const auto undone = undo(places, session, session.state.foreground ? Keep::no : Keep::yes);
  session.state.phase = Phase::exited;
  session.state.status = status;
  session.state.pid = 0;
  session.state.ended = sys::wall_time().seconds;
  const auto written = session.record.write_state(session.state);
  if (session.state.foreground && undone) {
    session.record.remove(places, session.name());
    remove_runtime_if_empty(places);
  } else {
    session.record.leave();
  }
  session.pidfd.close();
  session.channel.close();
  session.terminal.close();
  return undone ? written : undone;
}

bool handles_signal(pid_t pid, int signal) {
  Bytes<4096> buffer;
  TextBuffer<32> path("/proc/", pid, "/status");
  const auto status = read_file(sys::working_directory, path.text(), buffer);
  if (!status) return true;
  // One that is blocked is waited for (sigwait(3), signalfd(2)): by the reaper of init = yes, and by others.
  return has_signal(status.value(), "SigCgt:", signal) || has_signal(status.value(), "SigIgn:", signal) ||
         has_signal(status.value(), "SigBlk:", signal);
}

}  // namespace microctr

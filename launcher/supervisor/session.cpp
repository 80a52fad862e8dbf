#include "launcher/supervisor/session.h"

#include <fcntl.h>

#include <cstring>

#include "launcher/base/bytes.h"
#include "launcher/base/file.h"
#include "launcher/base/signal_sets.h"
#include "launcher/base/sys.h"
#include "launcher/container/id_range.h"
#include "launcher/container/network.h"
#include "launcher/container/process_time.h"
#include "launcher/container/runtime_lock.h"
#include "launcher/net/network_release.h"

namespace microctr {

namespace {

// Under the RuntimeLock. The addresses of a background container stay reserved for it.
Result<void> undo(const Places& places, Session& session) {
  if (session.undone) return {};
  RecordPath record(places, session.name());
  const auto undone = undo_journal(places.runtime, record.text(), session.state.foreground ? Keep::no : Keep::yes);
  session.undone = static_cast<bool>(undone);
  return undone;
}

Result<void> lock_and_undo(const Places& places, Session& session) {
  if (session.undone) return {};
  const RuntimeLock lock = TRY(RuntimeLock::acquire(places.runtime));
  return undo(places, session);
}

void forget_process(Session& session) {
  session.holdings.let_go();
  session.state.pid = 0;
  session.state.ready = session.state.paused = false;
  session.state.health = Health::none;
  session.pidfd.close();
  session.channel.close();
  session.ready.close();
  session.terminal.close();
}

void fail(Failure& failure, const Step* step, const Error& error, int status) {
  failure.status = status;
  failure.text.clear();
  format_failure(step, error, failure.text);
}

// Ends the process that is on its way, and leaves nothing of it.
void give_up(const Places& places, Session& session) {
  (void)sys::signal_process(session.pidfd.get(), SIGKILL);
  (void)sys::wait_for(session.pidfd.get());
  forget_process(session);
  (void)lock_and_undo(places, session);
}

// What an adopter needs of the files of names: their hashes and gateways, as they are in memory.
Result<void> keep_names(const Places& places, const Session& session) {
  RecordPath path(places, session.name());
  path.add("/names");
  const Fd file = TRY(sys::open(path.text(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0600));
  const SessionNames& names = session.names;
  return write_all(file.get(), {reinterpret_cast<const char*>(&names), sizeof names});
}

void read_names(const Places& places, Session& session) {
  RecordPath path(places, session.name());
  path.add("/names");
  SessionNames names;
  const auto bytes =
      read_file(sys::working_directory, path.text(), {reinterpret_cast<char*>(&names), sizeof names + 1});
  if (bytes && bytes.value().size() == sizeof names) session.names = names;
}

}  // namespace

Result<void> keep_config(const Places& places, CString name, std::string_view config) {
  RecordPath path(places, name);
  path.add("/config");
  const auto file = sys::open(path.text(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600);
  if (file) return write_all(file.value().get(), config);
  if (file.error().code != EEXIST) return file.failed();
  TextBuffer<limits::path> aside(path.text(), ".new");  // half a configuration would be worse than the old one
  return replace_file(path.text(), aside.text(), config, 0600);
}

void Session::set_name(std::string_view name) {
  std::memcpy(name_bytes, name.data(), name.size());
  name_bytes[name.size()] = '\0';
}

Result<void> claim_session(const Places& places, std::string_view config, Owner owner, Session& session) {
  session.state = State();
  session.state.phase = Phase::waiting;
  session.state.foreground = owner == Owner::foreground;
  session.state.owner = sys::process_id();
  session.state.creator = sys::user_id();
  session.state.created = sys::wall_time().seconds;
  RuntimeLock lock = TRY(RuntimeLock::acquire(places.runtime));
  if (has_foreign_records(places)) sweep_records(places);
  auto record = Record::claim(places, session.name(), session.undone);
  if (!record) {
    RuntimeLock::remove_if_empty(places.runtime);
    return record.failed();
  }
  session.record = record.take();
  const auto kept = keep_config(places, session.name(), config);
  const auto written = kept ? session.record.write_state(session.state) : kept;
  if (!written) session.record.remove(places, session.name());
  if (!written) RuntimeLock::remove_if_empty(places.runtime);
  if (written && owner == Owner::foreground) session.lock = std::move(lock);
  return written;
}

bool begin_session(const Places& places, Workbench& bench, const Streams& streams, Outlives outlives, Session& session,
                   Failure& failure, LowDescriptors* low) {
  RuntimeLock lock = std::move(session.lock);
  if (!session.undone) lock.release();
  if (const auto undone = lock_and_undo(places, session); !undone) {  // of an earlier life
    fail(failure, nullptr, undone.error(), 125);
    return false;
  }
  session.undone = false;
  session.state.phase = Phase::starting;
  session.state.started = sys::wall_time().seconds;
  session.at_exec = false;
  session.names = {};
  session.names.follows = followed_by_names(bench.spec);

  RecordPath record(places, session.name());
  Journal journal(record.text());
  LaunchContext context{.plan = bench.plan,
                        .facts = bench.facts,
                        .journal = journal,
                        .arena = bench.arena,
                        .holdings = session.holdings,
                        .lock = lock,
                        .streams = streams,
                        .creator = session.state.owner,
                        .outlives_us = outlives == Outlives::yes,
                        .low = low};
  if (bench.spec.terminal) (void)context.file_environment.push(default_terminal);
  auto launched = launch(context);
  if (!launched) {
    fail(failure, context.failed, launched.error(), 125);
    forget_process(session);
    lock.release();
    (void)lock_and_undo(places, session);
    return false;
  }
  if (!context.network.interfaces.empty()) session.names.gateways = context.network.interfaces[0].gateways;
  session.names.hashes = context.names;
  session.state.pid = launched.value().pid;
  session.pidfd = std::move(launched.value().pidfd);
  session.channel = std::move(launched.value().channel);
  session.ready = std::move(launched.value().ready);
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
    if (session.names.follows != 0 && !session.state.foreground) (void)keep_names(places, session);
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
  forget_process(session);
  session.state.phase = Phase::exited;
  session.state.status = status;
  session.state.ended = sys::wall_time().seconds;
  return lock_and_undo(places, session);
}

// What of the network lives in its owner. A port that somebody has taken meanwhile is theirs.
static void hold_again(const Places& places, Session& session) {
  RecordPath record(places, session.name());
  (void)for_each_client(record.text(), &session.holdings, [](void* context, unsigned interface, Fd client) {
    static_cast<NetworkHoldings*>(context)->clients[interface] = std::move(client);
  });
  const Spec& spec = workbench().spec;
  if (spec.network.publish.empty()) return;
  if (const auto entries = Register::read(places.runtime); entries)
    (void)hold_published(spec, entries.value(), session.holdings.ports);
}

Result<void> adopt_session(const Places& places, Session& session) {
  const RuntimeLock lock = TRY(RuntimeLock::acquire(places.runtime));
  session.record = TRY(Record::adopt(places, session.name(), session.state));
  session.state.owner = sys::process_id();
  session.undone = false;
  auto pidfd = open_process_of(session.state.pid, session.state.pid_started);
  if (!pidfd) return {};
  session.pidfd = pidfd.take();
  read_names(places, session);
  hold_again(places, session);
  return session.record.write_state(session.state);
}

void release_session(Session& session) {
  if (!session.record) return;
  (void)session.record.write_state(session.state);
  session.record.leave();
}

Result<void> drop_session(const Places& places, Session& session) {
  forget_process(session);
  session.lock.release();
  const auto lock = RuntimeLock::acquire(places.runtime);
  const auto undone = lock ? undo(places, session) : lock.failed();
  if (undone) {
    if (!session.state.foreground) {
      (void)release_network(places.runtime, session.name(), Keep::no);
      (void)release_id_range(places.runtime, session.name(), Keep::no);
    }
    session.record.remove(places, session.name());
  } else {
    session.state.phase = Phase::failed;  // its journal stays, and the next command replays it
    release_session(session);
  }
  if (lock) RuntimeLock::remove_if_empty(places.runtime);
  return undone;
}

bool handles_signal(pid_t pid, int signal) {
  const auto sets = signal_sets_of(TextBuffer<16>(pid).text());
  if (!sets) return true;
  // One that is blocked is waited for (sigwait(3), signalfd(2)): by the reaper of init = yes, and by others.
  return ((sets->caught | sets->ignored | sets->blocked) >> (signal - 1) & 1) != 0;
}

}  // namespace microctr

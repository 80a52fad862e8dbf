// Session: a container in its owner's hands, from claim to release. Used by the supervisor and by `run`.
//
//   claim_session                the record is ours, with its configuration; nothing runs
//     begin_session              a process is on its way
//       hear_session             … and runs, or has failed and is undone
//     end_session                it has ended; everything on the host is undone
//     begin_session …            again, as often as the owner likes
//   release_session              the record stays for list and logs; or drop_session, and nothing stays
//
// The owner of a Session holds the record's lock, the process and the channel on which the process reports.
#pragma once

#include "launcher/container/launch.h"
#include "launcher/container/runtime_lock.h"
#include "launcher/supervisor/record.h"
#include "launcher/supervisor/workbench.h"

namespace microctr {

// What is known of the container's files of names, and whether they follow the machine (name_follower.h).
struct SessionNames {
  NameHashes hashes;                 // 0 as well until it runs
  FixedVector<Address, 2> gateways;  // of its first interface
  unsigned follows = 0;              // followed_by_names
  bool stale = false;                // something has changed since it was started
};

enum class Owner : bool { supervisor, foreground };

struct Session {
  Record record;
  State state;
  Fd pidfd;
  Fd channel;
  Fd ready;     // ours of the ready channel, where the plan has one, until somebody takes it
  Fd terminal;  // the master of the container's terminal, from the first word of its process on
  NetworkHoldings holdings;
  RuntimeLock lock;      // of a foreground container from claim to begin, which comes at once
  bool at_exec = false;  // heard on the channel
  bool undone = true;    // nothing is left on the host
  SessionNames names;
  char name_bytes[limits::name + 1] = {};

  CString name() const { return CString::from_pointer(static_cast<const char*>(name_bytes)); }
  void set_name(std::string_view name);  // at most limits::name bytes
};

// What went wrong, as the user shall read it, and the exit status that says so.
struct Failure {
  int status = 125;
  TextBuffer<1024> text;
};

// Claims the record of `session.name()` and keeps `config`, the encoded request, in it. EEXIST: it is running.
Result<void> claim_session(const Places& places, std::string_view config, Owner owner, Session& session);

// The configuration in a record of ours becomes this one; it counts from the next start on.
Result<void> keep_config(const Places& places, CString name, std::string_view config);

// The record of a dead supervisor becomes ours: its state, and its process by a pidfd that is proven to be it. No
// pidfd: it has ended unseen, or never ran. The workbench holds its Spec: ports and DHCP clients are held again as far
// as they can be.
Result<void> adopt_session(const Places& places, Session& session);

// Launches the plan of `bench`. False: `failure` says why, and what had been done is undone.
enum class Outlives : bool { no, yes };
bool begin_session(const Places& places, Workbench& bench, const Streams& streams, Outlives outlives, Session& session,
                   Failure& failure, LowDescriptors* low = nullptr);

// Takes the word of the process from the channel. True: its program runs. False: it has failed, has been reaped, and
// everything is undone. A non-blocking channel without a word yet is Word::none.
enum class Word : unsigned char { none, runs, failed };
Word hear_session(const Places& places, Session& session, Failure& failure);

// The first process has ended with `status`: undoes everything. The first error of the teardown; its journal stays
// then, and is replayed by the next begin_session or the next command.
Result<void> end_session(const Places& places, Session& session, int status);

// The last state is written, and the record let go.
void release_session(Session& session);

// Everything is undone and nothing of it stays. The first error of what could not be undone; its journal stays then.
Result<void> drop_session(const Places& places, Session& session);

// Whether `pid` does something of its own on `signal`: catches or ignores it. The first process of a pid namespace
// that does neither never gets the signal from outside but SIGKILL and SIGSTOP (pid_namespaces(7)).
bool handles_signal(pid_t pid, int signal);

}  // namespace microctr

// Session: one life of one container, from claim to teardown. Used by the supervisor and by `run`.
//
// The owner of a Session holds the record's lock, the process and the channel on which the process reports. Every
// path ends in end_session or drop_session; both undo everything that was done on the host.
#pragma once

#include "launcher/container/launch.h"
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
  Fd terminal;  // the master of the container's terminal, from the first word of its process on
  NetworkHoldings holdings;
  bool at_exec = false;  // heard on the channel
  SessionNames names;
  char name_bytes[limits::name + 1] = {};

  CString name() const { return CString::from_pointer(static_cast<const char*>(name_bytes)); }
};

// What went wrong, as the user shall read it, and the exit status that says so.
struct Failure {
  int status = 125;
  TextBuffer<1024> text;
};

// Claims the record and launches the plan of `bench`. `config`: the encoded request, kept in the record.
// False: `failure` says why, and nothing is left.
bool begin_session(const Places& places, Workbench& bench, std::string_view config, Owner owner, const Streams& streams,
                   Session& session, Failure& failure);

// Takes the word of the process from the channel. True: its program runs. False: it has failed, has been reaped, and
// everything is undone. A non-blocking channel without a word yet is Word::none.
enum class Word : unsigned char { none, runs, failed };
Word hear_session(const Places& places, Session& session, Failure& failure);

// The first process has ended with `status`: undoes everything, writes the last state, lets the record go. That of a
// foreground session is removed. Returns the first error of the teardown.
Result<void> end_session(const Places& places, Session& session, int status);

// Whether `pid` does something of its own on `signal`: catches or ignores it. The first process of a pid namespace
// that does neither never gets the signal from outside but SIGKILL and SIGSTOP (pid_namespaces(7)).
bool handles_signal(pid_t pid, int signal);

}  // namespace microctr

// The record of a container: one directory below the runtime directory, so that state survives every command.
//
//   containers/NAME/state    text, below; its flock(2) is held by whoever owns the running container
//   containers/NAME/config   the configuration it was started with (request.h)
//   containers/NAME/journal  what must be undone (container/journal.h); only while there is something
//   containers/NAME/etc/     files that are bound into a container whose root cannot be written
//   containers/NAME/log, log.1  output of a background container
//
// The lock tells a live owner from a dead one without any pid. A record that says "running" and is not locked has lost
// its owner: the container of a `run` died with it, and whoever gets the lock cleans up; one of a supervisor goes on as
// an orphan until a supervisor adopts it. Claim, adopt and sweep run under the RuntimeLock.
#pragma once

#include "launcher/base/fd.h"
#include "launcher/base/limits.h"
#include "launcher/base/places.h"
#include "launcher/base/result.h"
#include "launcher/base/text.h"
#include "launcher/container/process_time.h"
#include "launcher/supervisor/state.h"

namespace microctr {

// Whether the recorded first process still runs: the same one, and not only a zombie.
bool is_alive(const State& state);

class Record {
 public:
  Record() = default;

  // The record becomes ours: made when missing (`is_new`), locked. EEXIST: somebody owns it, that is, it is running.
  static Result<Record> claim(const Places& places, CString name, bool& is_new);

  // The record of a dead supervisor becomes ours, with its last state. EEXIST: somebody owns it.
  static Result<Record> adopt(const Places& places, CString name, State& state);

  Result<void> write_state(const State& state);

  // Unlocks and leaves the record for `list`, `logs` and `inspect`.
  void leave();
  // Removes the directory with everything in it, then unlocks.
  void remove(const Places& places, CString name);

  explicit operator bool() const { return static_cast<bool>(state_); }

 private:
  Fd state_;
};

// "RUNTIME/containers/NAME"
class RecordPath : public TextBuffer<limits::path> {
 public:
  RecordPath(const Places& places, CString name);
};

// State as a reader sees it. ENOENT: no such container.
Result<State> read_state(const Places& places, CString name);

// Whether a live process owns it (tries the lock).
Result<bool> is_owned(const Places& places, CString name);

// Blocks until nobody owns it, then says its last state, even when the record has been removed meanwhile.
// timeout_ms: EAGAIN when it takes longer.
Result<State> wait_until_ended(const Places& places, CString name, std::uint64_t timeout_ms);

// Calls `visit` with each name that has a record; the order is the file system's.
Result<void> for_each_record(const Places& places, void* context, void (*visit)(void* context, CString name));

// Whether there may be records that this process does not own. One call; no walk through thousands.
bool has_foreign_records(const Places& places);

// Undoes what dead owners left: journals are replayed, records of `run` removed, others marked failed. What waits for
// its start, and what still runs, is left to the next supervisor.
void sweep_records(const Places& places);

}  // namespace microctr

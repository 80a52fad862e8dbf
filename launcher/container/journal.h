// The undo log of one container, on disk in its record directory, so that whoever comes next can undo what a killed
// launcher left.
//
// An entry is written before the deed. Undo goes backwards, goes on after an error, reports the first, and may be run
// twice: every entry names a thing that is ours alone, and a thing that is not there is already undone.
// What lives in the container's namespaces needs no entry: the kernel undoes it with the last process.
#pragma once

#include <sys/types.h>

#include "launcher/base/cstring.h"
#include "launcher/base/fd.h"
#include "launcher/base/result.h"
#include "launcher/net/lease.h"

namespace microctr {

class Journal {
 public:
  // `record` is the container's directory; nothing is written before the first entry.
  explicit Journal(CString record) : record_(record) {}

  Result<void> begin();                                // is there from here on, even without an entry
  Result<void> note_cgroup(CString directory);         // the container's own: whatever is in it is killed
  Result<void> note_parent_cgroup(CString directory);  // on the way to it: removed when it is empty
  CString parent_cgroup() const { return parent_; }    // the last of them; the caller keeps the text
  Result<void> note_id_range(CString container);       // that it has one (id_range.h)
  Result<void> note_network(CString container);        // what its lines in the register say
  // The DHCP client of an interface: it outlives a supervisor, and whoever comes next ends it.
  Result<void> note_client(unsigned interface, pid_t client);
  // Below /run/netns: of a process whose network namespace has this inode.
  Result<void> note_network_name(CString container, pid_t process, std::uint64_t inode);

 private:
  Result<void> append(Literal kind, CString first, CString second);

  CString record_;
  CString parent_;
  Fd file_;
};

// Undoes everything in the journal of `record`, then removes the journal. All processes of the container are killed
// on the way. `runtime` is the runtime directory; `addresses`: whether the container's addresses stay reserved for it,
// because its record stays. Returns the first error; a missing journal is success.
Result<void> undo_journal(CString runtime, CString record, Keep addresses);

// Calls `visit` with each DHCP client of the journal of `record` that still runs.
Result<void> for_each_client(CString record, void* context,
                             void (*visit)(void* context, unsigned interface, Fd client));

}  // namespace microctr

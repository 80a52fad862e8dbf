// PathWatch: waits for paths of the host that come late (wait_path): disks, device nodes.
//
// One for all that wait. It watches, for each missing path, the nearest directory that is there, and the table of
// mounts, since a disk that is mounted over a directory makes no event in it. Directories that nobody asks for any more
// are not watched. It never blocks and never polls. It must not be used for paths inside a container, nor below /proc
// and /sys, whose directories make no events.
#pragma once

#include "launcher/base/cstring.h"
#include "launcher/base/fd.h"
#include "launcher/base/result.h"

namespace microctr {

class PathWatch {
 public:
  // Error: the kernel's limit of watches is reached.
  Result<void> open();
  void close();
  bool is_open() const { return static_cast<bool>(events_); }

  // Readable (EPOLLIN) when something has changed; the same one until it is closed.
  int descriptor() const { return events_.get(); }

  // Whether it exists. Where it does not, what is missing is watched from now on, until the next take_changes.
  bool is_there(CString path);

  // When the descriptor was readable: what it said is taken, and nothing is watched any more. Then is_there is to be
  // asked again for each path that is still waited for.
  void take_changes();

 private:
  bool watch_missing(CString path);
  void watch_directory(CString path);

  Fd events_;   // epoll of the two others
  Fd watcher_;  // inotify
  Fd mounts_;   // /proc/self/mountinfo: an exceptional condition when it has changed
  int first_watch_ = 0;
  int last_watch_ = -1;
};

}  // namespace microctr

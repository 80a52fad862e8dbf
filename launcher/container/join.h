// join: runs another program in a running container, with the container's namespaces, cgroups, user, capabilities and
// environment, and never with more.
//
// The container is named by pidfd, so that a reused pid cannot be joined. The new process starts in the container's
// cgroup; the joining launcher itself stays outside of it.
#pragma once

#include <span>

#include "launcher/base/arena.h"
#include "launcher/base/fd.h"
#include "launcher/container/launch.h"

namespace microctr {

// Whether it is killed when the process that has called `join` dies.
enum class Ends : bool { alone, with_launcher };

struct JoinTarget {
  const Plan& plan;  // made from the configuration that the container was started with
  const HostFacts& facts;
  CString record;  // its journal names the cgroups
  int pidfd = -1;
  pid_t first = 0;  // its number
  std::span<const CString> command = {};
  FileEnvironment file_environment = {};
  bool terminal = false;  // a pair of the container's devpts, which hear_outcome brings
  sys::WindowSize window = {};
  CString cgroup = {};  // a child of the plan's cgroup that it starts in; empty: that itself
  Ends ends = Ends::alone;
};

// After it, this process itself is in most of the container's namespaces: it can only wait. Outcome as for launch:
// hear_outcome on the channel.
Result<Launched> join(const JoinTarget& target);

}  // namespace microctr

// A pseudo-terminal of the container's own devpts, made by the process that is going to use it.
//
// The slave becomes its standard streams and controlling terminal; the master is handed to the launcher, which moves
// bytes and knows nothing else of it. The container shall never see the launcher's own terminal (CVE-2017-5226), and
// nothing is opened by a path that a layer or the container could have replaced (CVE-2025-52565): the pair is told by
// its file system, and the slave is asked of the master.
#pragma once

#include "launcher/base/fd.h"
#include "launcher/base/sys_terminal.h"
#include "launcher/container/identity.h"

namespace microctr {

// Whose pair it is.
enum class TerminalOf : bool { container, host };  // host: a service without a mount namespace

// Opens a pair in the devpts at dev/pts below `root`, or the host's own; the master goes through `channel` to the
// launcher (receive_terminal), with the window as large as `size`. Returns the slave. EPERM: what is at /dev/pts is
// no devpts.
Result<Fd> open_terminal(int root, TerminalOf whose, const sys::WindowSize& size, int channel);

// Makes `slave` visible as /dev/console of the container's own /dev below `root`.
Result<void> make_console(int root, int slave);

// For the leader of a session that is still root: its controlling terminal and standard streams; `owner` may open it
// by its path, too.
Result<void> take_terminal(int slave, const Resolved& owner);

// The word with which the master comes, before any other.
struct TerminalNotice {
  std::uint64_t mark = 2;
};

}  // namespace microctr

// launch: carries out a Plan up to the moment when the container's program runs.
//
// The launcher does the host's steps, creates the process, does the gate's steps while it waits, opens the gate, does
// the steps beside while the process sets itself up, opens the last gate before its program, and hears from it whether
// that has been executed. What it did on the host stands in the journal; after a failure
// the caller undoes the journal. The process itself is always killed and reaped here when a step fails.
#pragma once

#include "launcher/base/arena.h"
#include "launcher/base/fd.h"
#include "launcher/base/fixed_vector.h"
#include "launcher/base/sys_terminal.h"
#include "launcher/container/device_list.h"
#include "launcher/container/environment_file.h"
#include "launcher/container/journal.h"
#include "launcher/container/low_descriptors.h"
#include "launcher/container/network_holdings.h"
#include "launcher/container/ready_channel.h"
#include "launcher/container/runtime_lock.h"
#include "launcher/net/lease.h"
#include "launcher/net/name_files.h"
#include "launcher/net/netlink_socket.h"
#include "launcher/net/network_state.h"
#include "launcher/net/register.h"
#include "launcher/plan/plan.h"

namespace microctr {

// What becomes the container's standard streams; 0, 1, 2 to pass through our own. A terminal takes their place.
struct Streams {
  int input = 0;
  int output = 1;
  int error = 2;
  sys::WindowSize window = {};  // of the terminal
};

struct LaunchContext {
  const Plan& plan;
  const HostFacts& facts;
  Journal& journal;
  Arena& arena;  // keeps what environment files hold
  NetworkHoldings& holdings;
  RuntimeLock& lock;  // held already, or not; let go after the host's steps
  Streams streams = {};
  pid_t creator = 0;         // our pid, for the manifest
  bool outlives_us = false;  // else the process dies with ours
  FileEnvironment file_environment = {};
  IdMaps maps = {};         // of the user namespace; from claim_ids, or the plan
  DeviceList devices = {};  // from collect_devices on
  NetworkState network = {};
  Register entries = {};               // from claim_network to the last host step
  netlink::NetlinkSocket socket = {};  // opened by the first step that needs it
  int sealed = -1;                     // the sealed program, which belongs to the whole process
  Fd own_sealed = {};                  // or to the container alone
  ReadyChannel ready = {};             // of make_ready
  LowDescriptors* low = nullptr;       // of a supervisor
  NameHashes names = {};               // of what the launcher has written for it in /etc
  const Step* failed = nullptr;        // the step that an error came from
};

struct Launched {
  pid_t pid = 0;
  Fd pidfd;
  Fd channel;  // the child's word: end of file when its program runs
  Fd ready;    // ours of the ready channel, where the plan has one
};

// Returns with both gates open; the child may still fail: hear_outcome. Errors name what failed; `context.failed` says
// at which step. Nothing of the process is left then.
Result<Launched> launch(LaunchContext& context);

// What the process said. It says ExecNotice right before exec, and exec closes its channel: end of file after that
// means that its program runs, end of file without it that it was killed on its way.
struct Outcome {
  bool runs = false;
  int status = 0;              // exit status that says what failed
  int code = 0;                // errno of an exec that failed, where it is known
  std::string_view text = {};  // the message, in the caller's buffer
};

// Takes the word of the process; blocks until there is one unless the channel is non-blocking (EAGAIN). `at_exec`
// keeps what was heard before EAGAIN, for the next call; false at first. `terminal`: becomes the master of the
// container's terminal, where it has one. `names`: what it has written in /etc, if anything.
Result<Outcome> hear_outcome(int channel, std::span<char> buffer, bool& at_exec, Fd& terminal,
                             NameHashes* names = nullptr);

// What the process says right before exec. One byte tells it from a report, which begins with a status of 125 or more.
struct ExecNotice {
  std::uint64_t mark = 1;
  NameHashes names;
};

// Pipes among the streams become those of `user`, so that the program can open them again by /dev/stdout; nothing else
// is given away, neither a file nor the caller's terminal. FIFOs with a name are those of the record, under a
// supervisor, or somebody's files.
enum class FifoOwner : std::uint8_t { record, caller };
constexpr FifoOwner fifo_owner(const LaunchContext& context) {
  return context.low != nullptr ? FifoOwner::record : FifoOwner::caller;
}
Result<void> own_streams(const Streams& streams, FifoOwner fifos, uid_t user, gid_t group);

// The documented exit status for a failure at `step`: 126 or 127 for the program itself, 125 for the set-up.
int exit_status_of(const Step& step, int code);

// "mount overlay on /run/...: No such device (load the module overlay ...)"
void format_failure(const Step* step, const Error& error, TextWriter& text);

}  // namespace microctr

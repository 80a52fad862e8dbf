// The process between clone and exec: it turns itself into the container.
//
// It runs the inside steps of the plan in order and never returns: it ends as the container's program, or reports
// why not (exit status and message, written from its own copy of the plan) and exits. End of file on the channel,
// which exec closes, means success.
#pragma once

#include "launcher/base/sys.h"
#include "launcher/container/descriptor_numbers.h"
#include "launcher/container/launch.h"

namespace microctr {

// What the process needs of the launcher's descriptors; negative: there is none.
struct Inherited {
  Streams streams;
  int channel;  // our end of a SOCK_SEQPACKET pair
  int sealed;   // the sealed program
  int ready;    // of the ready channel
  int end = 0;  // the table is the launcher's own, all of these are below this number; 0: it is a copy
};

// The first message on the channel opens the gate. Before it comes, the process makes the namespaces of `later`
// (CLONE_NEW*), a part of those of the step `clone`, and says so with `namespaces_made`.
inline constexpr char namespaces_made = 'n';
[[noreturn]] void become_container(const LaunchContext& context, const Inherited& inherited, const Step& clone,
                                   std::uint64_t later);

// Brings `channel` and, where they are there (not negative), `sealed` and `ready` to their numbers, and closes all
// others. Nothing that the caller or we had open may reach the container (CVE-2024-21626).
Result<void> keep_descriptors(int channel, int& sealed, int ready = -1);

// Tells the other end of the channel which step failed (null: none of the plan), why and with what exit status, and
// ends.
[[noreturn]] void report_and_exit(int channel, const Step* step, const Error& error);

// Says that exec is next. Error: the launcher is gone.
inline Result<void> announce_exec(int channel, const NameHashes& names = {}) {
  const ExecNotice notice = {.names = names};
  TRY(sys::send(channel, {reinterpret_cast<const char*>(&notice), sizeof notice}));
  return {};
}

}  // namespace microctr

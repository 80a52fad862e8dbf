// Heart: what the process around a Supervisor does beside its containers, in the same loop. Process 1 keeps the
// watchdog and its helpers; `supervise` tells another init how it is.
//
// Called by the Supervisor only, from its loop; must not block. It must not know of containers more than it is told.
#pragma once

#include <sys/types.h>

#include <cstdint>

#include "launcher/base/text.h"

namespace microctr {

class Heart {
 public:
  // At every turn of the loop, when it has done its work: it turns, and nothing hangs.
  virtual void beat() = 0;
  // When `beat` shall be called at the latest, on the monotonic clock in milliseconds; UINT64_MAX: whenever.
  virtual std::uint64_t due_ms() const = 0;
  // A child has ended that is no container's first process and no check of one: its own, or an orphan of process 1.
  virtual void child_ended(pid_t pid, int status) = 0;
  // Once: no autostart container is on its way any more. `all`: each of them is ready, and each configuration is good.
  virtual void containers_are_up(bool all) = 0;
  // A container with `on_failure = reboot` has failed for good: the machine is on its way down, and must come down.
  virtual void machine_has_failed() = 0;
  // The configurations are being read again, until the next beat; the supervisor goes down. For another init's sake.
  virtual void reloading() = 0;
  virtual void stopping() = 0;
  // What the next program needs to know of it, as words on one line (handover.h).
  virtual void write_words(TextWriter& text) = 0;

 protected:
  ~Heart() = default;
};

}  // namespace microctr

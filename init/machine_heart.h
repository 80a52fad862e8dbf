// What process 1 does in the supervisor's loop beside the containers: feeds the watchdog, keeps its helpers, looks at
// the clock, and sees to it that the way down does not take longer than the machine may.
//
// Borrows machine, watchdog and clock. It must not block, and knows of containers only what it is told.
#pragma once

#include "init/clock.h"
#include "init/helpers.h"
#include "init/watchdog.h"
#include "launcher/supervisor/heart.h"

namespace microctr {

class MachineHeart final : public Heart {
 public:
  MachineHeart(const Machine& machine, Watchdog& watchdog, KeptClock& clock)
      : machine_(machine), watchdog_(watchdog), clock_(clock), helpers_(machine) {}
  MachineHeart(const MachineHeart&) = delete;
  MachineHeart& operator=(const MachineHeart&) = delete;

  void start() { helpers_.start_all(); }
  void disk_is_missing() { lacks_disk_ = true; }

  void beat() override;
  std::uint64_t due_ms() const override;
  void child_ended(pid_t pid, int status) override;
  void containers_are_up(bool all) override;
  void machine_has_failed() override;
  void reloading() override {}
  void stopping() override;

  // When the machine must be down; set by `stopping`, or now.
  std::uint64_t shutdown_deadline_ms();

  void write_words(TextWriter& words) override;
  // Instead of `start`: takes over what the words say, and starts what is missing.
  void read_words(std::string_view words);

 private:
  const Machine& machine_;
  Watchdog& watchdog_;
  KeptClock& clock_;
  Helpers helpers_;
  bool has_failed_ = false;
  bool lacks_disk_ = false;
  bool was_up_ = false;                     // the ready command has had its turn
  std::uint64_t deadline_ms_ = UINT64_MAX;  // of the whole way down
  std::uint64_t kill_due_ms_ = UINT64_MAX;  // when whatever still runs is killed
};

}  // namespace microctr

#include "init/machine_heart.h"

#include <algorithm>

#include "launcher/base/log.h"
#include "launcher/base/sys.h"

namespace microctr {

void MachineHeart::beat() {
  watchdog_.feed();
  helpers_.start_due();
  clock_.look();
  if (kill_due_ms_ > sys::monotonic_ms()) return;
  kill_due_ms_ = UINT64_MAX;
  log_error({}, "shutdown: containers have used up their time and are killed"_p);
  (void)sys::signal_pid(-1, SIGKILL);  // all but process 1
}

std::uint64_t MachineHeart::due_ms() const {
  return std::min({watchdog_.due_ms(), helpers_.due_ms(), clock_.due_ms(), kill_due_ms_});
}

void MachineHeart::child_ended(pid_t pid, int status) { (void)helpers_.ended(pid, status); }

void MachineHeart::containers_are_up(bool all) {
  if (was_up_) return;
  was_up_ = true;
  if (all && !lacks_disk_) return helpers_.start_ready_command();
  if (!machine_.ready_command.empty()) {
    log_error({}, "ready_command does not run: not every disk or container is up, or a configuration is broken"_p);
  }
}

// The way down in order is still the better one; but when it does not end, the watchdog ends it.
void MachineHeart::machine_has_failed() {
  has_failed_ = true;
  stopping();
}

void MachineHeart::stopping() {
  if (deadline_ms_ != UINT64_MAX) return;
  const std::uint64_t now = sys::monotonic_ms();
  deadline_ms_ = now + machine_.shutdown_timeout_ms;
  kill_due_ms_ = now + machine_.shutdown_timeout_ms / 2;  // the other half is for disks
  watchdog_.feed_until(deadline_ms_);
  helpers_.stop();
}

std::uint64_t MachineHeart::shutdown_deadline_ms() {
  stopping();
  return deadline_ms_;
}

void MachineHeart::write_words(TextWriter& words) {
  if (was_up_) words.add("up ");
  if (has_failed_) words.add("failed ");
  if (!machine_.watchdog.empty()) words.add("watchdog=", machine_.watchdog, " ");
  if (lacks_disk_) words.add("no-disk ");
  helpers_.write_resume(words);
}

void MachineHeart::read_words(std::string_view words) {
  for (std::string_view word = next_word(words); !word.empty(); word = next_word(words)) {
    constexpr std::string_view watchdog = "watchdog=";
    if (word == "up")
      was_up_ = true;
    else if (word.starts_with(watchdog))
      watchdog_.take_over(TextBuffer<limits::path>(after(word, watchdog.size())).text());
    else if (word == "failed")
      machine_has_failed();
    else if (word == "no-disk")
      disk_is_missing();
    else
      (void)helpers_.resume(word);
  }
  helpers_.start_missing();
}

}  // namespace microctr

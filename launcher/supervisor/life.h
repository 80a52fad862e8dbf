// The life of a supervised container as one table: state × event → next state and what is to be done.
//
//               start    clear    runs      ready     end of it            broken     stop      restart
//   done        waiting                                                                          waiting
//   failed      waiting                                                                          waiting
//   waiting              starting                                          failed     done
//   starting                      unready             delayed|done|failed  as an end  stopping  restarting
//   unready                                 ready     delayed|done|failed  failing    stopping  restarting
//   ready                                             delayed|done|failed             stopping  restarting
//   delayed     waiting                                                               done      waiting
//   failing                                           delayed|failed                  stopping  restarting
//   stopping    restarting                            done                                      restarting
//   restarting                                        waiting                         stopping
//
// done: not up, and nothing is wrong: never started, stopped, or a one-shot that has done its work. failed: given up.
// waiting: for containers before it, or for paths. unready: its program runs and has not said that it is ready.
// delayed: it has failed and starts again when its delay is over. failing: it is being ended because it is unhealthy
// or was not ready in time, which counts as a failure. stopping, restarting: it is being ended as somebody asked.
//
// An end is one of three events; which one is the policy's answer (end_of). Pure: no time, no descriptors, no names.
#pragma once

#include <cstdint>

#include "launcher/base/literal.h"
#include "launcher/spec/spec.h"

namespace microctr {

enum class Life : std::uint8_t {
  done,
  failed,
  waiting,
  starting,
  unready,
  ready,
  delayed,
  failing,
  stopping,
  restarting,
};
inline constexpr std::size_t life_count = 10;

enum class LifeEvent : std::uint8_t {
  start,           // somebody wants it up
  clear,           // nothing is before it any more
  doomed,          // what it requires will not be up
  runs,            // its program has been executed
  is_ready,        // and it is ready
  late,            // it was not ready within its start_timeout
  unready_broken,  // it cannot become ready: it closed its descriptor early
  unhealthy,       // its check has failed often enough, and its policy restarts it
  ended_well,      // its end, and nothing follows
  ended_again,     // its end or its set-up's failure, and it starts again after a delay
  ended_for_good,  // the same, and it is given up
  stop,            // somebody wants it down
  restart,         // somebody wants it down and up again
  due,             // its delay is over
  overdue,         // it has not ended within its stop_timeout
};
inline constexpr std::size_t life_event_count = 15;

enum class LifeAction : std::uint8_t {
  none,
  look,      // at what is before it: clear or doomed follow
  launch,    // begin its session
  announce,  // it is ready: who waits for it is told
  end,       // ask it to end
  kill,      // end it
  delay,     // wait until it starts again
  settle,    // it is done or failed: who waits for it is told
};

struct LifeStep {
  Life next;
  LifeAction action;
};

// What follows. An event that means nothing in a state leaves it as it is, without an action.
LifeStep step_life(Life state, LifeEvent event);

// Whether it has a process of ours.
constexpr bool has_process(Life state) {
  return state == Life::starting || state == Life::unready || state == Life::ready || state == Life::failing ||
         state == Life::stopping || state == Life::restarting;
}
// Whether somebody wants it up, now or in a moment.
constexpr bool is_wanted(Life state) { return state != Life::done && state != Life::failed && state != Life::stopping; }

enum class End : std::uint8_t { good, bad };

// Which event an end of its own is. `limit_reached`: it has been restarted too often.
LifeEvent end_of(RestartPolicy policy, End end, bool limit_reached);

// How long a restart is delayed: doubled from `first` to `most` with each of `restarts` before, and up to a tenth more,
// which `chance` decides, so that what has failed together does not start together.
std::uint64_t restart_delay(std::uint64_t first_ms, std::uint64_t most_ms, unsigned restarts, std::uint32_t chance);

Literal life_name(Life state);

}  // namespace microctr

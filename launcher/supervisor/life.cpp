#include "launcher/supervisor/life.h"

#include <algorithm>

namespace microctr {

LifeStep step_life(Life state, LifeEvent event) {
  using enum LifeEvent;
  using enum LifeAction;
  const LifeStep nothing = {state, none};
  switch (state) {
    case Life::done:
    case Life::failed: return event == start || event == restart ? LifeStep{Life::waiting, look} : nothing;

    case Life::waiting:
      switch (event) {
        case clear: return {Life::starting, launch};
        case doomed: return {Life::failed, settle};
        case stop: return {Life::done, settle};
        default: return nothing;
      }

    case Life::starting:
    case Life::unready:
    case Life::ready:
      switch (event) {
        case runs: return state == Life::starting ? LifeStep{Life::unready, none} : nothing;
        case is_ready: return state == Life::unready ? LifeStep{Life::ready, announce} : nothing;
        case late:
        case unready_broken:
          return state == Life::ready ? nothing : LifeStep{Life::failing, state == Life::starting ? kill : end};
        case unhealthy: return state == Life::starting ? nothing : LifeStep{Life::failing, end};
        case ended_well: return {Life::done, settle};
        case ended_again: return {Life::delayed, delay};
        case ended_for_good: return {Life::failed, settle};
        case stop: return {Life::stopping, end};
        case restart: return {Life::restarting, end};
        default: return nothing;
      }

    case Life::delayed:
      switch (event) {
        case due:
        case start:
        case restart: return {Life::waiting, look};
        case stop: return {Life::done, settle};
        default: return nothing;
      }

    case Life::failing:
      switch (event) {
        case overdue: return {Life::failing, kill};
        case ended_again: return {Life::delayed, delay};
        case ended_well:
        case ended_for_good: return {Life::failed, settle};
        case stop: return {Life::stopping, none};
        case restart: return {Life::restarting, none};
        default: return nothing;
      }

    case Life::stopping:
      switch (event) {
        case overdue: return {Life::stopping, kill};
        case ended_well:
        case ended_again:
        case ended_for_good: return {Life::done, settle};
        case start:
        case restart: return {Life::restarting, none};
        default: return nothing;
      }

    case Life::restarting:
      switch (event) {
        case overdue: return {Life::restarting, kill};
        case ended_well:
        case ended_again:
        case ended_for_good: return {Life::waiting, look};
        case stop: return {Life::stopping, none};
        default: return nothing;
      }
  }
  return nothing;
}

LifeEvent end_of(RestartPolicy policy, End end, bool limit_reached) {
  const bool again = policy == RestartPolicy::always || policy == RestartPolicy::unless_stopped ||
                     (policy == RestartPolicy::on_failure && end == End::bad);
  if (again) return limit_reached ? LifeEvent::ended_for_good : LifeEvent::ended_again;
  return end == End::good ? LifeEvent::ended_well : LifeEvent::ended_for_good;
}

std::uint64_t restart_delay(std::uint64_t first_ms, std::uint64_t most_ms, unsigned restarts, std::uint32_t chance) {
  constexpr unsigned most_doublings = 24;  // of a millisecond: more than the longest time that a key takes
  const unsigned doublings = std::min(restarts, most_doublings);
  const std::uint64_t delay = std::min(first_ms << doublings, most_ms);
  return delay + delay / 10 * (chance % 1024) / 1024;
}

Literal life_name(Life state) {
  switch (state) {
    case Life::done: return "done";
    case Life::failed: return "failed";
    case Life::waiting: return "waiting";
    case Life::starting: return "starting";
    case Life::unready: return "unready";
    case Life::ready: return "ready";
    case Life::delayed: return "delayed";
    case Life::failing: return "failing";
    case Life::stopping: return "stopping";
    case Life::restarting: return "restarting";
  }
  return "";
}

}  // namespace microctr

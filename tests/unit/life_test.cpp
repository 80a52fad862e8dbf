// The full cross product of states and events, written a second time, and the policies.
#include "launcher/supervisor/life.h"

#include <gtest/gtest.h>

#include <string>

namespace microctr {
namespace {

std::string action_name(LifeAction action) {
  constexpr const char* names[] = {"-", "look", "launch", "announce", "end", "kill", "delay", "settle"};
  return names[static_cast<unsigned>(action)];
}

// One row for each state, one cell for each event: the next state and the action; "." where nothing happens.
struct Row {
  Life state;
  const char* cells[life_event_count];
};

constexpr Row table[] = {
    // start, clear, doomed, runs, is_ready, late, unready_broken, unhealthy, ended_well, ended_again, ended_for_good,
    // stop, restart, due, overdue
    {Life::done, {"waiting look", ".", ".", ".", ".", ".", ".", ".", ".", ".", ".", ".", "waiting look", ".", "."}},
    {Life::failed, {"waiting look", ".", ".", ".", ".", ".", ".", ".", ".", ".", ".", ".", "waiting look", ".", "."}},
    {Life::waiting,
     {".", "starting launch", "failed settle", ".", ".", ".", ".", ".", ".", ".", ".", "done settle", ".", ".", "."}},
    {Life::starting,
     {".", ".", ".", "unready -", ".", "failing kill", "failing kill", ".", "done settle", "delayed delay",
      "failed settle", "stopping end", "restarting end", ".", "."}},
    {Life::unready,
     {".", ".", ".", ".", "ready announce", "failing end", "failing end", "failing end", "done settle", "delayed delay",
      "failed settle", "stopping end", "restarting end", ".", "."}},
    {Life::ready,
     {".", ".", ".", ".", ".", ".", ".", "failing end", "done settle", "delayed delay", "failed settle", "stopping end",
      "restarting end", ".", "."}},
    {Life::delayed,
     {"waiting look", ".", ".", ".", ".", ".", ".", ".", ".", ".", ".", "done settle", "waiting look", "waiting look",
      "."}},
    {Life::failing,
     {".", ".", ".", ".", ".", ".", ".", ".", "failed settle", "delayed delay", "failed settle", "stopping -",
      "restarting -", ".", "failing kill"}},
    {Life::stopping,
     {"restarting -", ".", ".", ".", ".", ".", ".", ".", "done settle", "done settle", "done settle", ".",
      "restarting -", ".", "stopping kill"}},
    {Life::restarting,
     {".", ".", ".", ".", ".", ".", ".", ".", "waiting look", "waiting look", "waiting look", "stopping -", ".", ".",
      "restarting kill"}},
};

TEST(Life, every_event_in_every_state) {
  ASSERT_EQ(std::size(table), life_count);
  for (std::size_t row = 0; row < life_count; ++row) {
    EXPECT_EQ(static_cast<std::size_t>(table[row].state), row);
    for (std::size_t event = 0; event < life_event_count; ++event) {
      const LifeStep step = step_life(table[row].state, static_cast<LifeEvent>(event));
      std::string cell = std::string(life_name(step.next).view()) + " " + action_name(step.action);
      if (step.next == table[row].state && step.action == LifeAction::none) cell = ".";
      EXPECT_EQ(cell, table[row].cells[event]) << life_name(table[row].state).view() << ", event " << event;
    }
  }
}

TEST(Life, a_state_without_a_process_never_ends_one) {
  for (std::size_t state = 0; state < life_count; ++state) {
    if (has_process(static_cast<Life>(state))) continue;
    for (std::size_t event = 0; event < life_event_count; ++event) {
      const LifeAction action = step_life(static_cast<Life>(state), static_cast<LifeEvent>(event)).action;
      EXPECT_NE(action, LifeAction::end) << state << " " << event;
      EXPECT_NE(action, LifeAction::kill) << state << " " << event;
      EXPECT_NE(action, LifeAction::delay) << state << " " << event;
    }
  }
}

TEST(Life, a_process_is_never_left_behind) {
  for (std::size_t state = 0; state < life_count; ++state) {
    if (!has_process(static_cast<Life>(state))) continue;
    for (std::size_t event = 0; event < life_event_count; ++event) {
      const auto what = static_cast<LifeEvent>(event);
      const bool ends =
          what == LifeEvent::ended_well || what == LifeEvent::ended_again || what == LifeEvent::ended_for_good;
      EXPECT_EQ(has_process(step_life(static_cast<Life>(state), what).next), !ends) << state << " " << event;
    }
  }
}

TEST(Life, policies) {
  using enum RestartPolicy;
  using enum LifeEvent;
  EXPECT_EQ(end_of(no, End::good, false), ended_well);
  EXPECT_EQ(end_of(no, End::bad, false), ended_for_good);
  EXPECT_EQ(end_of(on_failure, End::good, false), ended_well);
  EXPECT_EQ(end_of(on_failure, End::good, true), ended_well);
  EXPECT_EQ(end_of(on_failure, End::bad, false), ended_again);
  EXPECT_EQ(end_of(on_failure, End::bad, true), ended_for_good);
  EXPECT_EQ(end_of(always, End::good, false), ended_again);
  EXPECT_EQ(end_of(always, End::bad, false), ended_again);
  EXPECT_EQ(end_of(always, End::good, true), ended_for_good);
  EXPECT_EQ(end_of(unless_stopped, End::good, false), ended_again);
  EXPECT_EQ(end_of(unless_stopped, End::bad, true), ended_for_good);
}

TEST(Life, delays_double_up_to_the_longest) {
  EXPECT_EQ(restart_delay(1000, 60'000, 0, 0), 1000U);
  EXPECT_EQ(restart_delay(1000, 60'000, 1, 0), 2000U);
  EXPECT_EQ(restart_delay(1000, 60'000, 5, 0), 32'000U);
  EXPECT_EQ(restart_delay(1000, 60'000, 6, 0), 60'000U);
  EXPECT_EQ(restart_delay(1000, 60'000, 4'000'000'000U, 0), 60'000U);
  EXPECT_EQ(restart_delay(0, 60'000, 9, 77), 0U);
}

TEST(Life, chance_adds_a_tenth_at_most) {
  EXPECT_EQ(restart_delay(1000, 60'000, 0, 1023), 1099U);
  EXPECT_EQ(restart_delay(1000, 60'000, 0, 512), 1050U);
  EXPECT_EQ(restart_delay(1000, 60'000, 0, 1024), 1000U);
}

}  // namespace
}  // namespace microctr

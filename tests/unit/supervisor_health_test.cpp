// The meaning of health checks: the whole table of health.h, and when the next check is due.
#include <gtest/gtest.h>

#include <string>

#include "launcher/spec/spec.h"
#include "launcher/supervisor/health.h"
#include "launcher/supervisor/health_cgroup.h"

namespace microctr {
namespace {

constexpr std::uint64_t start = 1'000'000;

HealthCheck spec_with(std::uint32_t retries, std::uint64_t start_period_ms = 0) {
  HealthCheck spec;
  (void)spec.command.push("true");
  spec.interval_ms = 1000;
  spec.timeout_ms = 200;
  spec.retries = retries;
  spec.start_period_ms = start_period_ms;
  return spec;
}

class Checks : public testing::Test {
 protected:
  void begin(std::uint32_t retries, std::uint64_t start_period_ms = 0) {
    now_ = start;
    state_.begin(spec_with(retries, start_period_ms), now_);
  }
  // A check as soon as it is due, which takes 70 ms.
  Verdict check(CheckResult result) {
    now_ = state_.due_ms();
    EXPECT_TRUE(state_.is_due(now_));
    state_.check_begins(now_);
    EXPECT_EQ(state_.due_ms(), UINT64_MAX) << "one at a time";
    now_ += 70;
    const Verdict verdict = state_.check_ends(result, now_);
    EXPECT_EQ(state_.due_ms(), now_ + 1000) << "an interval from the end of the last one on";
    return verdict;
  }
  void become(Health health) {
    if (health == Health::healthy) (void)check(CheckResult::good);
    while (health == Health::unhealthy && state_.health() != Health::unhealthy) (void)check(CheckResult::bad);
    EXPECT_EQ(state_.health(), health);
  }

  HealthState state_;
  std::uint64_t now_ = 0;
};

TEST_F(Checks, without_a_command_there_are_none) {
  state_.begin(HealthCheck(), start);
  EXPECT_EQ(state_.health(), Health::none);
  EXPECT_EQ(state_.due_ms(), UINT64_MAX);
  state_.resume(start);
  EXPECT_EQ(state_.due_ms(), UINT64_MAX);
}

TEST_F(Checks, begin_an_interval_after_the_start) {
  begin(3);
  EXPECT_EQ(state_.health(), Health::starting);
  EXPECT_EQ(state_.due_ms(), start + 1000);
  EXPECT_FALSE(state_.is_due(start + 999));
  EXPECT_TRUE(state_.is_due(start + 1000));
  EXPECT_EQ(state_.timeout_ms(), 200U);
}

// Every health with every result; `last`: the bad one that uses the retries up.
TEST_F(Checks, mean_what_the_table_says) {
  struct Row {
    Health before;
    CheckResult result;
    bool last;
    Health after;
    Verdict verdict;
  };
  constexpr auto good = CheckResult::good;
  constexpr auto bad = CheckResult::bad;
  constexpr auto not_run = CheckResult::could_not_run;
  const Row rows[] = {
      {Health::starting, good, false, Health::healthy, Verdict::healthy},
      {Health::starting, bad, false, Health::starting, Verdict::nothing},
      {Health::starting, bad, true, Health::unhealthy, Verdict::unhealthy},
      {Health::starting, not_run, false, Health::starting, Verdict::could_not_run},
      {Health::starting, not_run, true, Health::starting, Verdict::could_not_run},
      {Health::healthy, good, false, Health::healthy, Verdict::nothing},
      {Health::healthy, bad, false, Health::healthy, Verdict::nothing},
      {Health::healthy, bad, true, Health::unhealthy, Verdict::unhealthy},
      {Health::healthy, not_run, false, Health::healthy, Verdict::could_not_run},
      {Health::healthy, not_run, true, Health::healthy, Verdict::could_not_run},
      {Health::unhealthy, good, false, Health::healthy, Verdict::healthy},
      {Health::unhealthy, bad, false, Health::unhealthy, Verdict::nothing},
      {Health::unhealthy, bad, true, Health::unhealthy, Verdict::nothing},
      {Health::unhealthy, not_run, false, Health::unhealthy, Verdict::could_not_run},
      {Health::unhealthy, not_run, true, Health::unhealthy, Verdict::could_not_run},
  };
  for (const Row& row : rows) {
    begin(3);
    become(row.before);
    if (row.last && row.before != Health::unhealthy) {
      EXPECT_EQ(check(bad), Verdict::nothing);
      EXPECT_EQ(check(bad), Verdict::nothing);
    }
    const std::string which = std::string(health_name(row.before).view()) + ", result " +
                              std::to_string(static_cast<int>(row.result)) + (row.last ? ", last" : "");
    EXPECT_EQ(check(row.result), row.verdict) << which;
    EXPECT_EQ(state_.health(), row.after) << which;
  }
}

TEST_F(Checks, count_bad_ones_in_a_row) {
  begin(2);
  EXPECT_EQ(check(CheckResult::bad), Verdict::nothing);
  EXPECT_EQ(check(CheckResult::good), Verdict::healthy);
  EXPECT_EQ(check(CheckResult::bad), Verdict::nothing);
  EXPECT_EQ(check(CheckResult::could_not_run), Verdict::could_not_run);
  EXPECT_EQ(state_.bad_in_a_row(), 1U) << "what could not be run says neither";
  EXPECT_EQ(check(CheckResult::could_not_run), Verdict::nothing) << "said once";
  EXPECT_EQ(state_.could_not_run_in_a_row(), 2U);
  EXPECT_EQ(check(CheckResult::bad), Verdict::unhealthy);
  EXPECT_EQ(state_.could_not_run_in_a_row(), 0U);
  EXPECT_EQ(check(CheckResult::could_not_run), Verdict::could_not_run) << "a new row";
}

TEST_F(Checks, that_are_bad_in_the_start_period_do_not_count) {
  begin(1, 3500);
  EXPECT_EQ(check(CheckResult::bad), Verdict::nothing);
  EXPECT_EQ(check(CheckResult::bad), Verdict::nothing);
  EXPECT_EQ(check(CheckResult::bad), Verdict::nothing);
  EXPECT_EQ(state_.health(), Health::starting);
  EXPECT_EQ(state_.bad_in_a_row(), 0U);
  EXPECT_EQ(check(CheckResult::bad), Verdict::unhealthy) << "it began after the period";
}

TEST_F(Checks, that_begin_in_the_start_period_belong_to_it) {
  begin(1, 1001);
  EXPECT_EQ(check(CheckResult::bad), Verdict::nothing) << "it ended later";
  EXPECT_EQ(check(CheckResult::bad), Verdict::unhealthy);
}

TEST_F(Checks, end_the_start_period_with_the_first_good_one) {
  begin(1, 100'000);
  EXPECT_EQ(check(CheckResult::bad), Verdict::nothing);
  EXPECT_EQ(check(CheckResult::good), Verdict::healthy);
  EXPECT_EQ(check(CheckResult::bad), Verdict::unhealthy);
}

TEST_F(Checks, are_not_due_until_resumed) {
  begin(1);
  state_.check_is_dropped();
  EXPECT_EQ(state_.due_ms(), UINT64_MAX);
  state_.resume(start + 50'000);
  EXPECT_EQ(state_.due_ms(), start + 51'000);
}

TEST_F(Checks, without_retries_count_at_once) {
  begin(0);
  EXPECT_EQ(check(CheckResult::bad), Verdict::unhealthy);
}

TEST(CheckEnds, are_judged) {
  EXPECT_EQ(judge({.status = 0}), CheckResult::good);
  EXPECT_EQ(judge({.status = 0, .full = true}), CheckResult::good);
  EXPECT_EQ(judge({.status = 1}), CheckResult::bad);
  EXPECT_EQ(judge({.status = 1, .full = true}), CheckResult::could_not_run);
  EXPECT_EQ(judge({.status = 137}), CheckResult::bad);
  EXPECT_EQ(judge({.status = 137, .full = true}), CheckResult::could_not_run);
  EXPECT_EQ(judge({.timed_out = true}), CheckResult::bad);
  EXPECT_EQ(judge({.timed_out = true, .full = true}), CheckResult::could_not_run);
}

TEST(CgroupCounters, are_found_by_their_name) {
  EXPECT_EQ(number_of("max 17\n", "max"), 17U);
  EXPECT_EQ(number_of("low 1\nhigh 2\noom 3\noom_kill 4\noom_group_kill 5\n", "oom_kill"), 4U);
  EXPECT_EQ(number_of("oom_kill_disable 0\nunder_oom 0\noom_kill 2\n", "oom_kill"), 2U);
  EXPECT_EQ(number_of("", "max"), 0U);
  EXPECT_EQ(number_of("max\nmaximum 3", "max"), 0U);
}

}  // namespace
}  // namespace microctr

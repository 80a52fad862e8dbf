#include "launcher/base/signal_sets.h"

#include <gtest/gtest.h>

#include <csignal>

namespace microctr {
namespace {

constexpr std::uint64_t bit_of(int signal) { return std::uint64_t{1} << (signal - 1); }

// Two of them make a digit that is a letter.
TEST(SignalSets, are_those_of_the_process) {
  const auto before = signal_sets_of("self");
  ASSERT_TRUE(before);
  std::signal(SIGUSR1, SIG_IGN);
  std::signal(SIGUSR2, SIG_IGN);
  std::signal(SIGWINCH, [](int) {});
  sigset_t blocked;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGURG);
  sigprocmask(SIG_BLOCK, &blocked, nullptr);
  const auto now = signal_sets_of("self");
  std::signal(SIGUSR1, SIG_DFL);
  std::signal(SIGUSR2, SIG_DFL);
  std::signal(SIGWINCH, SIG_DFL);
  sigprocmask(SIG_UNBLOCK, &blocked, nullptr);
  ASSERT_TRUE(now);
  EXPECT_EQ(now->ignored, before->ignored | bit_of(SIGUSR1) | bit_of(SIGUSR2));
  EXPECT_EQ(now->caught, before->caught | bit_of(SIGWINCH));
  EXPECT_EQ(now->blocked, before->blocked | bit_of(SIGURG));
}

TEST(SignalSets, of_nobody_are_nothing) { EXPECT_FALSE(signal_sets_of("0")); }

}  // namespace
}  // namespace microctr

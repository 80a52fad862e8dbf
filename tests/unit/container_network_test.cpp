// Whose network a container is born in.
#include "launcher/container/network.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "launcher/container/process_time.h"

namespace microctr {
namespace {

TEST(ContainerNetwork, the_network_of_a_process_that_has_ended_is_not_that_of_its_number) {
  const auto started = process_start_time(getpid());
  ASSERT_TRUE(started);
  EXPECT_TRUE(open_network_of({getpid(), started.value()}));
  const auto other = open_network_of({getpid(), started.value() - 1});
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, ESRCH);
}

}  // namespace
}  // namespace microctr

// The places of a supervisor's containers when all are taken.
#include "launcher/supervisor/roster.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace microctr {
namespace {

TEST(Places, of_what_has_ended_are_taken_again) {
  const auto roster = std::make_unique<Roster>();
  for (std::size_t at = 0; at < limits::containers; ++at) {
    Container& container = (*roster)[roster->obtain("c" + std::to_string(at)).value()];
    container.known = true;
    container.life = Life::ready;
  }
  EXPECT_FALSE(roster->obtain("new")) << "all run";
  (*roster)[7].life = Life::done;
  (*roster)[7].configured = true;
  (*roster)[8].life = Life::failed;
  ASSERT_TRUE((*roster)[9].upkeep.after.push(8));
  EXPECT_FALSE(roster->obtain("new")) << "a file configures one, and the other is named";
  (*roster)[10].life = Life::done;
  EXPECT_EQ(roster->obtain("new"), 10U);
  EXPECT_EQ(roster->find("c7"), 7U);
  EXPECT_EQ(roster->find("c8"), 8U);
  EXPECT_FALSE(roster->find("c10"));
}

}  // namespace
}  // namespace microctr

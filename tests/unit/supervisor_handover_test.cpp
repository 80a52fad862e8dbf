#include "launcher/supervisor/handover.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace microctr {
namespace {

TEST(Handover, SaysWhatWasWrittenForEachContainer) {
  std::string text = "role service\nruntime /run/microctr\ncontrol 5\n";
  for (int number = 0; number < 400; ++number)
    text += "terminal c" + std::to_string(number) + " " + std::to_string(number + 10) + "\n";
  text += "notify c7 500\nwords up shell=31 \n";
  auto file = Handover::write(text);
  ASSERT_TRUE(file);
  const auto handover = std::make_unique<Handover>();
  ASSERT_TRUE(Handover::read(file.value().release(), *handover));
  EXPECT_EQ(handover->value("runtime").view(), "/run/microctr");
  EXPECT_EQ(handover->number("control"), 5);
  EXPECT_EQ(handover->descriptor("terminal", "c0"), 10);
  EXPECT_EQ(handover->descriptor("terminal", "c399"), 409);
  EXPECT_EQ(handover->descriptor("terminal", "c400"), -1);
  EXPECT_EQ(handover->descriptor("notify", "c7"), 500);
  EXPECT_EQ(handover->descriptor("notify", "c8"), -1);
  EXPECT_EQ(handover->value("words").view(), "up shell=31 ");
  EXPECT_EQ(handover->number("client"), -1);
}

TEST(Handover, IsRefusedWhenItIsNone) {
  auto file = Handover::write("nonsense\n");
  ASSERT_TRUE(file);
  const auto handover = std::make_unique<Handover>();
  EXPECT_FALSE(Handover::read(file.value().release(), *handover));
}

}  // namespace
}  // namespace microctr

// The arithmetic of maps of ids.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "launcher/spec/id_map.h"

namespace microctr {
namespace {

using Map = std::vector<IdRange>;

const Map two_ranges = {{0, 100000, 1000}, {1000, 5, 1}};
const Map to_the_end = {{UINT32_MAX - 10, UINT32_MAX - 20, 10}};

TEST(IdMap, leads_outside) {
  EXPECT_EQ(outside_of(two_ranges, 0), 100000U);
  EXPECT_EQ(outside_of(two_ranges, 999), 100999U);
  EXPECT_EQ(outside_of(two_ranges, 1000), 5U);
  EXPECT_EQ(outside_of(two_ranges, 1001), std::nullopt);
  EXPECT_EQ(outside_of(Map(), 0), std::nullopt);
}

TEST(IdMap, does_not_wrap_at_the_last_id) {
  EXPECT_EQ(outside_of(to_the_end, UINT32_MAX - 1), UINT32_MAX - 11);
  EXPECT_EQ(outside_of(to_the_end, UINT32_MAX), std::nullopt);
  EXPECT_EQ(outside_of(to_the_end, UINT32_MAX - 11), std::nullopt);
  EXPECT_FALSE(reaches(to_the_end, 0));
}

TEST(IdMap, reaches_what_stands_for_somebody) {
  EXPECT_TRUE(reaches(two_ranges, 100000));
  EXPECT_TRUE(reaches(two_ranges, 100999));
  EXPECT_TRUE(reaches(two_ranges, 5));
  EXPECT_FALSE(reaches(two_ranges, 0));
  EXPECT_FALSE(reaches(two_ranges, 101000));
  EXPECT_FALSE(reaches(two_ranges, 6));
  EXPECT_FALSE(reaches(Map(), 0));
}

TEST(IdMap, ends_the_range_of_root) {
  EXPECT_EQ(last_of_first_range(two_ranges), 999U);
  EXPECT_EQ(last_of_first_range(Map{{5, 5, 10}, {0, 1000, 1}}), 0U);
  EXPECT_EQ(last_of_first_range(Map{{5, 5, 10}}), 0U) << "root is not mapped";
}

TEST(IdMap, is_written_as_the_kernel_reads_it) {
  TextBuffer<128> text;
  write_id_map(two_ranges, text);
  EXPECT_EQ(text.view(), "0 100000 1000\n1000 5 1");
  text.clear();
  write_id_map(Map(), text);
  EXPECT_EQ(text.view(), "");
}

}  // namespace
}  // namespace microctr

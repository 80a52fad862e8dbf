// glob(7) for one name.
#include <gtest/gtest.h>

#include <string>

#include "launcher/base/glob.h"

namespace microctr {
namespace {

struct Case {
  const char* pattern;
  const char* name;
  bool matches;
};

TEST(Glob, matches_as_glob_7_says) {
  constexpr Case cases[] = {
      {"ttyS*", "ttyS0", true},
      {"ttyS*", "ttyS", true},
      {"ttyS*", "ttyUSB0", false},
      {"*", "anything", true},
      {"*", "", true},
      {"", "", true},
      {"", "a", false},
      {"*S*", "ttyS12", true},
      {"*0", "ttyS00", true},
      {"*0", "ttyS01", false},
      {"a*b*c", "a-b-b-c", true},
      {"a*b*c", "a-b-b-d", false},
      {"**", "x", true},
      {"sd?", "sda", true},
      {"sd?", "sd", false},
      {"sd?", "sda1", false},
      {"sd[a-c]", "sdb", true},
      {"sd[a-c]", "sdd", false},
      {"sd[!a-c]", "sdd", true},
      {"sd[!a-c]", "sdb", false},
      {"sd[abx-z]1", "sdy1", true},
      {"sd[abx-z]1", "sdc1", false},
      {"a[]]b", "a]b", true},
      {"a[]-]b", "a-b", true},
      {"a[!]]b", "a]b", false},
      {"a[!]]b", "axb", true},
      {"a[-x]b", "a-b", true},
      {"a[x-]b", "a-b", true},
      {"a[x-]b", "ayb", false},
      {"a[b", "a[b", true},  // no set
      {"a[b", "ab", false},
      {"a[", "a[", true},
      {"a[!", "a[!", true},
      {"a[]", "a[]", true},
      {"a\\*", "a*", true},
      {"a\\*", "ab", false},
      {"a\\[b]", "a[b]", true},
      {"a\\", "a\\", true},
      {"*", ".hidden", false},
      {"?hidden", ".hidden", false},
      {"[.]hidden", ".hidden", false},
      {".*", ".hidden", true},
      {"a*", "a.b", true},
      {"*\xff", "x\xff", true},
      {"[\x80-\xff]", "\xc3", true},
  };
  for (const Case& each : cases) {
    EXPECT_EQ(each.matches, matches_pattern(each.pattern, each.name)) << each.pattern << " and " << each.name;
  }
}

TEST(Glob, knows_a_pattern) {
  EXPECT_TRUE(has_wildcard("a*"));
  EXPECT_TRUE(has_wildcard("?"));
  EXPECT_TRUE(has_wildcard("x[0-9]"));
  EXPECT_FALSE(has_wildcard("ttyS0"));
  EXPECT_FALSE(has_wildcard(""));
}

// A pattern that some matchers take exponential time for.
TEST(Glob, takes_no_longer_than_the_product) {
  const std::string name(200, 'a');
  std::string pattern;
  for (int times = 0; times < 60; ++times) pattern += "a*";
  EXPECT_FALSE(matches_pattern(pattern + "b", name));
  EXPECT_TRUE(matches_pattern(pattern, name));
}

}  // namespace
}  // namespace microctr

#include "launcher/base/text.h"

#include <gtest/gtest.h>

#include <string>

namespace microctr {
namespace {

TEST(TextWriter, JoinsParts) {
  TextBuffer<64> text("a", 'b', std::string_view("c"), CString("d"), 5, ' ', -7, ' ', Octal{0755}, ' ', Hex{255});
  EXPECT_EQ(text.view(), "abcd5 -7 755 ff");
  EXPECT_STREQ(text.text().c_str(), "abcd5 -7 755 ff");
  EXPECT_FALSE(text.overflowed());
}

TEST(TextWriter, WritesTheEdgesOfNumbers) {
  TextBuffer<128> text(INT64_MIN, ' ', INT64_MAX, ' ', UINT64_MAX, ' ', 0, ' ', std::int8_t{-128}, ' ',
                       std::uint8_t{255});
  EXPECT_EQ(text.view(), "-9223372036854775808 9223372036854775807 18446744073709551615 0 -128 255");
}

TEST(TextWriter, CutsAndSaysSo) {
  char storage[5] = "xxxx";
  TextWriter text(storage);
  text.add("abc").add("def");
  EXPECT_EQ(text.view(), "abcd");
  EXPECT_EQ(storage[4], '\0');
  EXPECT_TRUE(text.overflowed());
  text.add("g");
  EXPECT_EQ(text.view(), "abcd");
  text.clear();
  EXPECT_FALSE(text.overflowed());
  EXPECT_EQ(text.view(), "");
}

TEST(TextWriter, FillsItsStorageExactly) {
  TextBuffer<4> text("abc");
  EXPECT_EQ(text.view(), "abc");
  EXPECT_FALSE(text.overflowed());
}

TEST(ParseNumber, IsStrict) {
  EXPECT_EQ(parse_number("0"), 0U);
  EXPECT_EQ(parse_number("007"), 7U);
  EXPECT_EQ(parse_number("18446744073709551615"), UINT64_MAX);
  EXPECT_EQ(parse_number("18446744073709551616"), std::nullopt);
  EXPECT_EQ(parse_number("99999999999999999999"), std::nullopt);
  EXPECT_EQ(parse_number("255", 255), 255U);
  EXPECT_EQ(parse_number("256", 255), std::nullopt);
  EXPECT_EQ(parse_number("755", 07777, 8), 0755U);
  EXPECT_EQ(parse_number("8", 07777, 8), std::nullopt);
  for (const char* text : {"", "-1", "+1", " 1", "1 ", "0x1", "1a", "1.0"}) EXPECT_FALSE(parse_number(text)) << text;
}

TEST(Text, TrimsBlanks) {
  EXPECT_EQ(trim(" \t a b\t "), "a b");
  EXPECT_EQ(trim(" \t "), "");
  EXPECT_EQ(trim(""), "");
}

TEST(Text, CutsAtSeparators) {
  std::string_view rest = "a::b";
  EXPECT_EQ(cut(rest, ':'), "a");
  EXPECT_EQ(cut(rest, ':'), "");
  EXPECT_EQ(cut(rest, ':'), "b");
  EXPECT_TRUE(rest.empty());
  EXPECT_EQ(cut(rest, ':'), "");
}

TEST(Text, TakesWords) {
  std::string_view rest = "  one\ttwo ";
  EXPECT_EQ(next_word(rest), "one");
  EXPECT_EQ(next_word(rest), "two");
  EXPECT_EQ(next_word(rest), "");
}

TEST(EditDistance, CountsEdits) {
  EXPECT_EQ(edit_distance("", ""), 0U);
  EXPECT_EQ(edit_distance("memory", "memory"), 0U);
  EXPECT_EQ(edit_distance("memroy", "memory"), 2U);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
  EXPECT_EQ(edit_distance("", "abc"), 3U);
  EXPECT_EQ(edit_distance("abc", ""), 3U);
  EXPECT_EQ(edit_distance("volumes", "volume"), 1U);
}

TEST(EditDistance, LooksAtABoundedPart) {
  const std::string same(100, 'a');
  EXPECT_EQ(edit_distance(same, same + "b"), 0U);
}

}  // namespace
}  // namespace microctr

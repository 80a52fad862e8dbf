#include "launcher/spec/number.h"

#include <gtest/gtest.h>

namespace microctr {
namespace {

bool is_value(ParsedNumber parsed, std::uint64_t value) {
  return parsed.fault == NumberFault::none && parsed.value == value;
}

TEST(SpecSize, HasBinaryMultiples) {
  EXPECT_TRUE(is_value(parse_size("0"), 0));
  EXPECT_TRUE(is_value(parse_size("4096"), 4096));
  EXPECT_TRUE(is_value(parse_size("64K"), 64 * 1024));
  EXPECT_TRUE(is_value(parse_size("16M"), 16 * 1024 * 1024));
  EXPECT_TRUE(is_value(parse_size("1G"), 1024 * 1024 * 1024));
  EXPECT_TRUE(is_value(parse_size("2T"), std::uint64_t{2} << 40));
}

TEST(SpecSize, RefusesOtherUnits) {
  for (const char* text : {"16m", "16MB", "16MiB", "1.5G", "16 M", "16P", "16KK", "0x10", "16M "}) {
    EXPECT_EQ(parse_size(text).fault, NumberFault::unknown_unit) << text;
  }
  for (const char* text : {"", "M", "-1", "+1", " 1", "max"}) {
    EXPECT_EQ(parse_size(text).fault, NumberFault::not_a_number) << text;
  }
}

TEST(SpecSize, NeverOverflows) {
  EXPECT_TRUE(is_value(parse_size("9223372036854775807"), INT64_MAX));
  EXPECT_TRUE(is_value(parse_size("8388607T"), std::uint64_t{8388607} << 40));
  for (const char* text : {"9223372036854775808", "18446744073709551616", "8388608T", "18014398509481984K",
                           "99999999999999999999999999G"}) {
    EXPECT_EQ(parse_size(text).fault, NumberFault::too_large) << text;
  }
}

TEST(SpecTime, NeedsAUnit) {
  EXPECT_TRUE(is_value(parse_time("500ms"), 500));
  EXPECT_TRUE(is_value(parse_time("10s"), 10'000));
  EXPECT_TRUE(is_value(parse_time("2m"), 120'000));
  EXPECT_TRUE(is_value(parse_time("1h"), 3'600'000));
  EXPECT_TRUE(is_value(parse_time("0s"), 0));
  EXPECT_EQ(parse_time("10").fault, NumberFault::no_unit);
  for (const char* text : {"10sec", "10S", "1.5s", "10 s", "1m30s", "1d"}) {
    EXPECT_EQ(parse_time(text).fault, NumberFault::unknown_unit) << text;
  }
  for (const char* text : {"", "s", "-1s"}) EXPECT_EQ(parse_time(text).fault, NumberFault::not_a_number) << text;
}

TEST(SpecTime, NeverOverflows) {
  EXPECT_TRUE(is_value(parse_time("2147483647ms"), 2147483647));
  for (const char* text : {"2147483648ms", "2147484s", "597h", "18446744073709551616ms"}) {
    EXPECT_EQ(parse_time(text).fault, NumberFault::too_large) << text;
  }
}

TEST(SpecCpus, AreProcessorsOrAPercentage) {
  EXPECT_TRUE(is_value(parse_cpus("1"), 1000));
  EXPECT_TRUE(is_value(parse_cpus("1.5"), 1500));
  EXPECT_TRUE(is_value(parse_cpus("0.05"), 50));
  EXPECT_TRUE(is_value(parse_cpus("2.125"), 2125));
  EXPECT_TRUE(is_value(parse_cpus("50%"), 500));
  EXPECT_TRUE(is_value(parse_cpus("250%"), 2500));
  EXPECT_TRUE(is_value(parse_cpus("0"), 0));
  EXPECT_TRUE(is_value(parse_cpus("8192"), 8192 * 1000));
}

TEST(SpecCpus, RefuseOtherForms) {
  for (const char* text : {"", ".5", "1.", "1.1234", "1.5.5", "1.5%", "-1", "a"}) {
    EXPECT_EQ(parse_cpus(text).fault, NumberFault::not_a_number) << text;
  }
  for (const char* text : {"1,5", "2x", "50%%", "1e3"}) {
    EXPECT_EQ(parse_cpus(text).fault, NumberFault::unknown_unit) << text;
  }
  for (const char* text : {"8193", "819201%", "18446744073709551615"}) {
    EXPECT_EQ(parse_cpus(text).fault, NumberFault::too_large) << text;
  }
}

TEST(SpecCpuList, IsAsTheKernelWritesIt) {
  for (const char* text : {"0", "0-1", "0-1,3", "1,1", "5-5", "0,2,4-7", "8191"})
    EXPECT_TRUE(is_cpu_list(text)) << text;
  for (const char* text : {"", ",", "0,", ",0", "0,,1", "1-0", "-1", "1-", "a", "0-1-2", "0 1", "8192", "0-8192"}) {
    EXPECT_FALSE(is_cpu_list(text)) << text;
  }
}

}  // namespace
}  // namespace microctr

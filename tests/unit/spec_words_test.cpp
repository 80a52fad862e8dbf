#include <gtest/gtest.h>
#include <linux/capability.h>
#include <signal.h>

#include <string>

#include "launcher/spec/capability.h"
#include "launcher/spec/command_words.h"
#include "launcher/spec/identity.h"
#include "launcher/spec/path_text.h"
#include "launcher/spec/signal_name.h"
#include "launcher/spec/word_list.h"
#include "tests/unit/plain.h"

namespace microctr {
namespace {

TEST(SpecWordList, FindsWholeWords) {
  EXPECT_EQ(find_word("auto host root", "host"), 1U);
  EXPECT_EQ(find_word("auto host root", "hos"), std::nullopt);
  EXPECT_EQ(find_word("auto host root", ""), std::nullopt);
  EXPECT_EQ(word_at("auto host root", 2), "root");
  EXPECT_EQ(word_at("auto host root", 3), "");
}

TEST(SpecWordList, FindsWhatWasMeant) {
  EXPECT_EQ(nearest_word("auto host root", "hots"), "");
  EXPECT_EQ(nearest_word("auto host root", "hst"), "host");
  EXPECT_EQ(nearest_word("auto host root", "HOST"), "host");
  EXPECT_EQ(nearest_word("mount uts network", "net"), "network");
  EXPECT_EQ(nearest_word("mount uts network", "zebra"), "");
  EXPECT_EQ(nearest_word("aab aac", "aad"), "aab");
  EXPECT_EQ(nearest_word("zaz-b", "ZAZ_B"), "zaz-b");
}

TEST(SpecWordList, TurnsToUpperCase) {
  char storage[4];
  EXPECT_EQ(upper_case("azA_", storage), "AZA_");
  EXPECT_EQ(upper_case("abcde", storage), "");
}

// Splits, and joins the words as [a][b]; "OFFSET!what" for a fault.
std::string split(std::string_view text) {
  static char storage[16 * 1024];
  Arena arena(storage);
  CommandWords words;
  if (const auto fault = split_words(text, arena, words)) {
    return std::to_string(fault->at.data() - text.data()) + "!" + plain(fault->what);
  }
  std::string out;
  for (const CString word : words) {
    EXPECT_EQ(std::string(word.c_str()), word.view());
    out += "[" + std::string(word.view()) + "]";
  }
  return out;
}

TEST(SpecCommandWords, AreSplitAtBlanks) {
  EXPECT_EQ(split("httpd -f\t-p 80"), "[httpd][-f][-p][80]");
  EXPECT_EQ(split("  a   b  "), "[a][b]");
  EXPECT_EQ(split(""), "");
}

TEST(SpecCommandWords, KnowQuotes) {
  EXPECT_EQ(split("sh -c 'echo \"$HOME\" | wc; a\\b'"), "[sh][-c][echo \"$HOME\" | wc; a\\b]");
  EXPECT_EQ(split("a \"b 'c' \\\" \\\\ \\n\" d"), "[a][b 'c' \" \\ \\n][d]");
  EXPECT_EQ(split("a'b c'\"d e\"f"), "[ab cd ef]");
  EXPECT_EQ(split("a '' \"\" b"), "[a][][][b]");
  EXPECT_EQ(split("a\\ b \\'c \\\\"), "[a b]['c][\\]");
}

TEST(SpecCommandWords, AreNoShell) {
  EXPECT_EQ(split("a | b > c && $VAR * # d"), "[a][|][b][>][c][&&][$VAR][*][#][d]");
}

TEST(SpecCommandWords, RefuseWhatIsNotClosed) {
  EXPECT_EQ(split("a 'b c"), "2!this quote is not closed");
  EXPECT_EQ(split("a x\"b c\\\""), "3!this quote is not closed");
  EXPECT_EQ(split("a \"b\\"), "2!this quote is not closed");
  EXPECT_EQ(split("a b\\"), "3!nothing follows this backslash (write \\\\ for a backslash)");
  EXPECT_EQ(split("'"), "0!this quote is not closed");
}

TEST(SpecCommandWords, HaveALimit) {
  std::string words;
  for (std::size_t count = 0; count < limits::arguments; ++count) words += "a ";
  EXPECT_EQ(split(words).size(), limits::arguments * 3);
  EXPECT_EQ(split(words + "b"), std::to_string(words.size()) + "!too many words (limit 64)");
  const std::string longest(limits::config_line, 'x');
  EXPECT_EQ(split(longest), "[" + longest + "]");
}

TEST(SpecCommandWords, SayWhenTheArenaIsFull) {
  char storage[8];
  Arena arena(storage);
  CommandWords words;
  EXPECT_TRUE(split_words("abcdefghij", arena, words));
}

TEST(SpecCapability, HasTheKernelsNumbers) {
  EXPECT_EQ(parse_capability("CAP_CHOWN"), std::uint64_t{1} << CAP_CHOWN);
  EXPECT_EQ(parse_capability("net_bind_service"), std::uint64_t{1} << CAP_NET_BIND_SERVICE);
  EXPECT_EQ(parse_capability("cap_Sys_Admin"), std::uint64_t{1} << CAP_SYS_ADMIN);
  EXPECT_EQ(parse_capability("MKNOD"), std::uint64_t{1} << CAP_MKNOD);
  EXPECT_EQ(parse_capability("SYSLOG"), std::uint64_t{1} << CAP_SYSLOG);
  EXPECT_EQ(parse_capability("BPF"), std::uint64_t{1} << CAP_BPF);
  EXPECT_EQ(parse_capability("CHECKPOINT_RESTORE"), std::uint64_t{1} << CAP_CHECKPOINT_RESTORE);
  static_assert(CAP_CHECKPOINT_RESTORE == capability_count - 1);
  EXPECT_EQ(parse_capability("all"), all_capabilities);
  EXPECT_EQ(all_capabilities, 0x1ffffffffffULL);
  for (unsigned number = 0; number < capability_count; ++number) {
    ASSERT_FALSE(capability_name(number).empty());
    EXPECT_EQ(parse_capability(capability_name(number)), std::uint64_t{1} << number);
  }
  EXPECT_EQ(capability_name(capability_count), "");
}

TEST(SpecCapability, RefusesOthers) {
  for (const char* name :
       {"", "CAP_", "NET_ADMINN", "12", "CAP_CAP_CHOWN", "ALLL", "a-very-long-name-that-no-capability-has"}) {
    EXPECT_FALSE(parse_capability(name)) << name;
  }
  EXPECT_EQ(nearest_capability("cap_net_admim"), "NET_ADMIN");
  EXPECT_EQ(nearest_capability("SYSADMIN"), "SYS_ADMIN");
  EXPECT_EQ(nearest_capability("zebra"), "");
}

TEST(SpecCapability, ChangesAsDockerDoes) {
  EXPECT_EQ(change_capabilities(0b0110, 0b1000, 0b0010), 0b1100U);
  EXPECT_EQ(change_capabilities(0b0110, 0b1000, all_capabilities), 0b1000U);
  EXPECT_EQ(change_capabilities(0b0110, all_capabilities, 0b0010), all_capabilities & ~std::uint64_t{2});
}

TEST(SpecSignal, HasNamesAndNumbers) {
  EXPECT_EQ(parse_signal("TERM"), SIGTERM);
  EXPECT_EQ(parse_signal("SIGKILL"), SIGKILL);
  EXPECT_EQ(parse_signal("sigusr1"), SIGUSR1);
  EXPECT_EQ(parse_signal("WINCH"), SIGWINCH);
  EXPECT_EQ(parse_signal("SYS"), SIGSYS);
  EXPECT_EQ(parse_signal("PWR"), SIGPWR);
  EXPECT_EQ(parse_signal("STKFLT"), SIGSTKFLT);
  EXPECT_EQ(parse_signal("9"), 9);
  EXPECT_EQ(parse_signal("64"), 64);
  EXPECT_EQ(parse_signal("RTMIN"), 34);
  EXPECT_EQ(parse_signal("SIGRTMIN+3"), 37);
  for (int number = 1; number <= 31; ++number) EXPECT_EQ(parse_signal(signal_name(number)), number);
  EXPECT_EQ(signal_name(0), "");
  EXPECT_EQ(signal_name(32), "");
}

TEST(SpecSignal, RefusesOthers) {
  for (const char* text : {"", "0", "65", "-9", "SIG", "TERMM", "RTMIN+31", "RTMIN-1", "RTMIN+", "9 ", "SIGSIGTERM",
                           "99999999999999999999"}) {
    EXPECT_FALSE(parse_signal(text)) << text;
  }
  EXPECT_EQ(nearest_signal("SIGTEM"), "TERM");
}

TEST(SpecPathText, ComparesWithoutLooking) {
  EXPECT_TRUE(climbs(".."));
  EXPECT_TRUE(climbs("/a/../b"));
  EXPECT_TRUE(climbs("/a/.."));
  EXPECT_FALSE(climbs("/a/..b/...//./c"));
  EXPECT_TRUE(is_root_path("/"));
  EXPECT_TRUE(is_root_path("//./"));
  EXPECT_FALSE(is_root_path(""));
  EXPECT_FALSE(is_root_path("."));
  EXPECT_FALSE(is_root_path("/a"));
  EXPECT_TRUE(is_same_path("/a/b", "//a/./b/"));
  EXPECT_FALSE(is_same_path("/a/b", "/a"));
  EXPECT_FALSE(is_same_path("/a", "/a/b"));
  EXPECT_FALSE(is_same_path("/a", "/b"));
}

TEST(SpecIdentity, TellsNumbersFromNames) {
  EXPECT_EQ(parse_id("0"), 0U);
  EXPECT_EQ(parse_id("4294967294"), 4294967294U);
  for (const char* text :
       {"", "4294967295", "4294967296", "18446744073709551616", "-1", "+1", " 1", "1 ", "0x1", "root"}) {
    EXPECT_FALSE(parse_id(text)) << text;
  }
  for (const char* name : {"root", "_apt", "a", "Z9.-_"}) EXPECT_TRUE(is_account_name(name)) << name;
  for (const char* name : {"", "0", "1a", "-a", ".a", "a b", "a:b", "a/b", "\xc3\xbc"})
    EXPECT_FALSE(is_account_name(name)) << name;
}

TEST(SpecPathText, KnowsPlainNames) {
  for (const char* name : {"web", "a", "z", "A", "Z", "0", "9", "azAZ09", "Web-1_x.y", "a..b"})
    EXPECT_TRUE(is_plain_name(name)) << name;
  for (const char* name : {"", ".", "..", ".web", "-web", "_web", "a/b", "a b", "a\tb", "\xc3\xbc", "a:b"}) {
    EXPECT_FALSE(is_plain_name(name)) << name;
  }
}

}  // namespace
}  // namespace microctr

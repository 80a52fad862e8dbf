// The register of the networks, on a directory of the test's own.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include "launcher/net/register.h"
#include "tests/unit/plain.h"

namespace microctr {
namespace {

class RegisterTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_NE(::mkdtemp(directory_.data()), nullptr); }
  void TearDown() override {
    ::unlink(file().c_str());
    ::rmdir(directory_.c_str());
  }
  CString runtime() const { return CString::from_pointer(directory_.c_str()); }
  std::string file() const { return directory_ + "/networks"; }
  std::string content() const {
    std::ostringstream text;
    text << std::ifstream(file()).rdbuf();
    return text.str();
  }
  void write(const std::string& text) { std::ofstream(file()) << text; }

  std::string directory_ = testing::TempDir() + "register.XXXXXX";
};

TEST_F(RegisterTest, a_missing_file_is_empty_and_stays_missing) {
  auto entries = Register::read(runtime());
  ASSERT_TRUE(entries);
  EXPECT_TRUE(entries.value().empty());
  ASSERT_TRUE(entries.value().store());
  EXPECT_NE(::access(file().c_str(), F_OK), 0);
}

TEST_F(RegisterTest, what_was_added_comes_back) {
  auto entries = Register::read(runtime());
  ASSERT_TRUE(entries.value().add("lease", {"mc0", "web", "eth0", "10.9.0.2/24", "web www"}));
  ASSERT_TRUE(entries.value().add("share", {"web", "side"}));
  ASSERT_TRUE(entries.value().store());
  EXPECT_EQ(content(), "lease\tmc0\tweb\teth0\t10.9.0.2/24\tweb www\nshare\tweb\tside\n");

  const auto again = Register::read(runtime());
  std::size_t cursor = 0;
  const auto lease = again.value().next(cursor);
  ASSERT_TRUE(lease);
  EXPECT_TRUE(lease->is("lease"));
  EXPECT_EQ(lease->field[4], "web www");
  EXPECT_EQ(lease->field[5], "");
  const auto share = again.value().next(cursor);
  ASSERT_TRUE(share);
  EXPECT_EQ(share->field[1], "side");
  EXPECT_FALSE(again.value().next(cursor));
}

std::string wanted(const Register& entries, std::string_view kind, std::string_view with) {
  std::string found;
  std::size_t cursor = 0;
  while (const auto entry = entries.next(cursor, kind, with)) found += std::string(entry->field[1]) + " ";
  return found;
}

TEST_F(RegisterTest, entries_of_one_kind_or_with_a_text_or_of_all_kinds_but_one) {
  write("lease\tmc0\tweb\nkept\tmc0\tdb\nlease\tmc0\tdb\nleased\tmc0\tmail\nlease\nport\tdb\ttcp\n");
  const auto read = Register::read(runtime());
  const Register& entries = read.value();
  EXPECT_EQ(wanted(entries, {}, {}), "web db db mail  tcp ");
  EXPECT_EQ(wanted(entries, "lease", {}), "web db ");
  EXPECT_EQ(wanted(entries, "lease", "db"), "db ");
  EXPECT_EQ(wanted(entries, {}, "db"), "db db tcp ");
  EXPECT_EQ(wanted(entries, "share", {}), "");
  std::string others;
  std::size_t cursor = 0;
  while (const auto entry = entries.next_but(cursor, "lease")) others += std::string(entry->kind) + " ";
  EXPECT_EQ(others, "kept leased lease port ");  // a line that is nothing but the word is damaged: of no kind
}

TEST_F(RegisterTest, additions_are_appended_and_removals_replace_the_file) {
  write("a\t1\nb\t2\nc\t3\n");
  auto read = Register::read(runtime());
  Register& entries = read.value();
  ASSERT_TRUE(entries.add("d", {"4"}));
  std::size_t cursor = 0;
  while (const auto entry = entries.next(cursor)) {
    if (entry->is("a") || entry->is("c")) entries.erase(cursor);
  }
  ASSERT_TRUE(entries.store());
  EXPECT_EQ(content(), "b\t2\nd\t4\n");
  EXPECT_NE(::access((file() + ".new").c_str(), F_OK), 0);

  cursor = 0;
  while (entries.next(cursor)) entries.erase(cursor);
  EXPECT_TRUE(entries.empty());
  ASSERT_TRUE(entries.store());
  EXPECT_NE(::access(file().c_str(), F_OK), 0);
}

TEST_F(RegisterTest, what_never_was_on_disk_can_be_taken_back) {
  write("a\t1\n");
  auto read = Register::read(runtime());
  ASSERT_TRUE(read.value().add("b", {"2"}));
  std::size_t cursor = 0;
  while (const auto entry = read.value().next(cursor)) {
    if (entry->is("b")) read.value().erase(cursor);
  }
  ASSERT_TRUE(read.value().store());
  EXPECT_EQ(content(), "a\t1\n");
}

TEST_F(RegisterTest, a_line_that_was_cut_off_is_left_out) {
  write("a\t1\nlease\tmc0\tw");
  auto read = Register::read(runtime());
  EXPECT_EQ(read.value().text(), "a\t1\n");
  ASSERT_TRUE(read.value().add("b", {"2"}));
  ASSERT_TRUE(read.value().store());
  EXPECT_EQ(content(), "a\t1\nb\t2\n");
}

TEST_F(RegisterTest, an_empty_file_goes_with_the_next_store) {
  write("");
  auto entries = Register::read(runtime());
  EXPECT_TRUE(entries.value().empty());
  ASSERT_TRUE(entries.value().store());
  EXPECT_NE(::access(file().c_str(), F_OK), 0);
}

TEST_F(RegisterTest, a_full_one_says_so) {
  auto read = Register::read(runtime());
  const std::string large(60'000, 'x');
  Result<void> added = {};
  for (int line = 0; line < 5 && added; ++line) added = read.value().add("a", {large});
  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().code, ENOSPC);
  EXPECT_NE(plain(added.error().what).find("262144"), std::string::npos);
  write(std::string(limits::network_register + 1, 'x'));
  const auto beyond = Register::read(runtime());
  ASSERT_FALSE(beyond);
  EXPECT_EQ(beyond.error().code, EFBIG);
}

TEST(RegisterAddress, one_after_the_other_with_prefix) {
  std::string_view field = "10.9.0.2/24 fd00::2/64";
  const auto first = next_address(field);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->prefix, 24);
  const auto second = next_address(field);
  ASSERT_TRUE(second);
  TextBuffer<64> text;
  format_with_prefix(*second, text);
  EXPECT_EQ(text.view(), "fd00::2/64");
  EXPECT_FALSE(next_address(field));
  field = "-";
  EXPECT_FALSE(next_address(field));
}

}  // namespace
}  // namespace microctr

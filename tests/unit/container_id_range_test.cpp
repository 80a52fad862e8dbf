// Which container gets which range of ids: small pools, so that names meet.
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "launcher/base/hash.h"
#include "launcher/container/id_range.h"
#include "tests/unit/image_scratch.h"
#include "tests/unit/plain.h"

namespace microctr {
namespace {

constexpr std::uint32_t first = 1000000;

class IdRanges : public Scratch {
 protected:
  IdRanges() { give(4); }

  void give(std::uint32_t ranges) { ids_.users = ids_.groups = {first, first + ranges * id_range_size - 1}; }

  // The first user id of the range of `name`, 0 where there is none.
  std::uint32_t claim(const std::string& name) {
    IdMaps maps;
    const std::string runtime = path_;
    const auto claimed = claim_id_range(text(runtime), text(name), ids_, maps);
    if (!claimed) {
      error_ = claimed.error();
      return 0;
    }
    EXPECT_EQ(maps.users.size(), 1U);
    EXPECT_EQ(maps.groups.size(), 1U);
    EXPECT_EQ(maps.users[0].inside, 0U);
    EXPECT_EQ(maps.users[0].count, id_range_size);
    EXPECT_EQ(maps.groups[0].count, id_range_size);
    EXPECT_EQ(maps.groups[0].outside - ids_.groups.first, maps.users[0].outside - ids_.users.first);
    return maps.users[0].outside;
  }

  void release(const std::string& name, Keep keep = Keep::no) {
    const std::string runtime = path_;
    EXPECT_TRUE(static_cast<bool>(release_id_range(text(runtime), text(name), keep)));
  }

  // Two for each range, and one for the pool.
  std::ptrdiff_t links() const { return std::distance(std::filesystem::directory_iterator(path_ / "ids"), {}); }

  // A name that asks for the same range of `count` as `name`.
  static std::string rival_of(const std::string& name, std::uint32_t count) {
    for (int number = 0;; ++number) {
      std::string other = "rival" + std::to_string(number);
      if (hash_of(text(other)) % count == hash_of(text(name)) % count) return other;
    }
  }

  IdFacts ids_;
  Error error_ = {};
};

TEST_F(IdRanges, belong_to_one_container_each) {
  const std::string rival = rival_of("web", 4);
  const std::uint32_t web = claim("web");
  const std::uint32_t other = claim(rival);
  EXPECT_EQ((web - first) / id_range_size, hash_of("web") % 4);
  EXPECT_EQ(other, web + id_range_size < first + 4 * id_range_size ? web + id_range_size : first);
  EXPECT_EQ(claim("web"), web);
  EXPECT_EQ(claim(rival), other);
}

TEST_F(IdRanges, are_the_same_for_a_name) {
  const std::uint32_t web = claim("web");
  release("web");
  EXPECT_EQ(claim("web"), web);
}

TEST_F(IdRanges, stay_until_they_are_given_back) {
  const std::string rival = rival_of("web", 4);
  const std::uint32_t web = claim("web");
  release("web", Keep::yes);
  EXPECT_NE(claim(rival), web);
  EXPECT_EQ(claim("web"), web);
  release("web");
  EXPECT_NE(claim(rival), web) << "it keeps what it has";
  EXPECT_EQ(links(), 3);
  release(rival);
  EXPECT_EQ(claim(rival), web);
}

TEST_F(IdRanges, leave_nothing_behind) {
  claim("web");
  claim("db");
  EXPECT_EQ(links(), 5);
  release("web");
  release("nobody");
  EXPECT_TRUE(exists("ids"));
  release("db");
  EXPECT_FALSE(exists("ids"));
  release("db");
}

TEST_F(IdRanges, run_out) {
  std::set<std::uint32_t> seen;
  for (const char* name : {"a", "b", "c", "d"}) seen.insert(claim(name));
  EXPECT_EQ(seen.size(), 4U);
  EXPECT_EQ(seen.count(0), 0U);
  EXPECT_EQ(claim("e"), 0U);
  EXPECT_EQ(error_.code, EUSERS);
  EXPECT_NE(plain(error_.hint).find("userns = auto:FIRST-LAST"), std::string::npos);
  release("c");
  EXPECT_NE(claim("e"), 0U);
}

TEST_F(IdRanges, come_from_the_smaller_pool) {
  ids_.groups = {5000000, 5000000 + 2 * id_range_size - 1};
  EXPECT_NE(claim("a"), 0U);
  EXPECT_NE(claim("b"), 0U);
  EXPECT_EQ(claim("c"), 0U);
}

// Two configurations with pools of their own that overlap, and not by whole ranges.
TEST_F(IdRanges, never_overlap) {
  give(1);
  EXPECT_EQ(claim("a"), first);
  ids_.users.last += id_range_size / 2;
  ids_.users.first += id_range_size / 2;
  ids_.groups = {5000000, 5000000 + id_range_size - 1};
  EXPECT_EQ(claim("b"), 0U) << "users";
  EXPECT_EQ(error_.code, EUSERS);
  ids_.users = {7000000, 7000000 + id_range_size - 1};
  ids_.groups = {first - 1, first - 1 + id_range_size - 1};
  EXPECT_EQ(claim("b"), 0U) << "groups";
  ids_.groups = {first + id_range_size, first + 2 * id_range_size - 1};
  EXPECT_EQ(claim("b"), 7000000U);
}

TEST_F(IdRanges, follow_the_configuration_to_another_pool) {
  EXPECT_NE(claim("a"), 0U);
  ids_.users = ids_.groups = {7000000, 7000000 + id_range_size - 1};
  EXPECT_EQ(claim("a"), 7000000U);
  EXPECT_EQ(links(), 3);
}

TEST_F(IdRanges, need_a_whole_range) {
  ids_.users = {first, first + id_range_size - 2};
  EXPECT_EQ(claim("a"), 0U);
  EXPECT_EQ(error_.code, EINVAL);
  EXPECT_FALSE(exists("ids"));
}

// Who was killed between the two links.
TEST_F(IdRanges, are_found_again_when_half_taken) {
  const std::uint32_t web = claim("web");
  std::filesystem::remove(path_ / "ids" / (std::to_string(web) + "-" + std::to_string(web)));
  EXPECT_EQ(claim("web"), web);
  EXPECT_EQ(links(), 3);
  release("web");
  EXPECT_FALSE(exists("ids"));
}

// Whoever could put a link there would choose whose range it is.
TEST_F(IdRanges, are_not_looked_for_behind_a_link) {
  std::filesystem::create_directory_symlink("/tmp", path_ / "ids");
  EXPECT_EQ(claim("a"), 0U);
  EXPECT_EQ(error_.code, ENOTDIR);
}

}  // namespace
}  // namespace microctr

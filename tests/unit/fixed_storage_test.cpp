// The fixed-capacity containers of launcher/base: Arena, FixedVector, Result, CString, Phrase.

#include <gtest/gtest.h>

#include <cstring>
#include <string>

#include "launcher/base/arena.h"
#include "launcher/base/fixed_vector.h"
#include "launcher/base/result.h"
#include "launcher/base/sort.h"
#include "launcher/base/text.h"
#include "tests/unit/plain.h"

namespace microctr {
namespace {

TEST(Arena, CopiesWithATerminator) {
  char storage[16];
  Arena arena(storage);
  const auto first = arena.copy("abc");
  const auto second = arena.join("d", "", "ef");
  ASSERT_TRUE(first);
  ASSERT_TRUE(second);
  EXPECT_STREQ(first.value().c_str(), "abc");
  EXPECT_STREQ(second.value().c_str(), "def");
  EXPECT_EQ(arena.used(), 8U);
}

TEST(Arena, IsFullAtItsLastByte) {
  char storage[4];
  Arena arena(storage);
  EXPECT_FALSE(arena.copy("abcd"));
  EXPECT_EQ(arena.copy("abcd").error().code, ENOSPC);
  EXPECT_TRUE(arena.copy("abc"));
  EXPECT_FALSE(arena.copy(""));
  arena.reset();
  EXPECT_TRUE(arena.copy(""));
}

TEST(Arena, GoesBack) {
  char storage[16];
  Arena arena(storage);
  ASSERT_TRUE(arena.copy("keep"));
  const std::size_t mark = arena.used();
  ASSERT_TRUE(arena.copy("drop"));
  arena.reset(mark);
  EXPECT_EQ(arena.used(), mark);
  EXPECT_EQ(arena.rest().size(), 16 - mark);
}

TEST(FixedVector, HasOneBound) {
  FixedVector<int, 2> numbers;
  EXPECT_TRUE(numbers.empty());
  EXPECT_TRUE(numbers.push(1));
  EXPECT_TRUE(numbers.push(2));
  EXPECT_TRUE(numbers.full());
  EXPECT_FALSE(numbers.push(3));
  EXPECT_EQ(numbers.size(), 2U);
  EXPECT_EQ(numbers.back(), 2);
  numbers.shrink(5);
  EXPECT_EQ(numbers.size(), 2U);
  numbers.shrink(1);
  EXPECT_EQ(numbers.size(), 1U);
  numbers.clear();
  EXPECT_TRUE(numbers.empty());
}

TEST(FixedVector, CanBeWalkedAndCopied) {
  FixedVector<int, 4> numbers;
  for (int number = 1; number <= 3; ++number) ASSERT_TRUE(numbers.push(number));
  const FixedVector<int, 4> copy = numbers;
  numbers[0] = 9;
  int sum = 0;
  for (const int number : copy) sum += number;
  EXPECT_EQ(sum, 6);
  EXPECT_EQ(copy.view().size(), 3U);
}

Result<int> half(int number) {
  if (number % 2 != 0) return Error{EINVAL, "halve"};
  return number / 2;
}

Result<int> quarter(int number) { return TRY(half(TRY(half(number)))); }

TEST(Result, IsHandedOn) {
  EXPECT_EQ(quarter(8).value(), 2);
  const auto odd = quarter(6);
  ASSERT_FALSE(odd);
  EXPECT_EQ(odd.error().code, EINVAL);
  EXPECT_EQ(plain(odd.error().what), "halve");
}

TEST(Result, TellsWhatItWasAbout) {
  const Error error = Error{ENOENT, "open"}.about("file").with_hint("make it");
  EXPECT_EQ(error.subject.view(), "file");
  EXPECT_EQ(plain(error.hint), "make it");
  EXPECT_EQ(plain(error.doing("read").error().what), "read");
}

struct Owner {
  explicit Owner(int* counter) : count(counter) {}
  Owner(Owner&& other) noexcept : count(std::exchange(other.count, nullptr)) {}
  Owner(const Owner&) = delete;
  Owner& operator=(const Owner&) = delete;
  Owner& operator=(Owner&&) = delete;
  ~Owner() {
    if (count != nullptr) ++*count;
  }
  int* count;
};

TEST(Result, DestroysItsValueOnce) {
  int destroyed = 0;
  {
    Result<Owner> result{Owner(&destroyed)};
    Result<Owner> moved = std::move(result);
    const Owner taken = moved.take();
    EXPECT_EQ(destroyed, 0);
  }
  EXPECT_EQ(destroyed, 1);
}

TEST(CString, IsCutOnlyFromTheFront) {
  const CString text = "abcdef";
  EXPECT_STREQ(text.from(2).c_str(), "cdef");
  EXPECT_EQ(text.size(), 6U);
  EXPECT_STREQ(CString().c_str(), "");
}

TEST(CString, ComparesWithLiteralsAndViews) {
  const CString text = "abc";
  EXPECT_TRUE(text == "abc");
  EXPECT_FALSE(text == "abcd");
  EXPECT_FALSE(text == "ab");
  EXPECT_TRUE(text == std::string_view("abcd", 3));
  EXPECT_TRUE(std::string_view("abcd", 3) == "abc");
  EXPECT_FALSE(std::string_view("abcd", 2) == "abc");
  EXPECT_TRUE(text == CString::from_pointer(std::string("abc").c_str()));
}

TEST(SortRows, SortsByTheTextOfEachRow) {
  char rows[5][4] = {"b", "abc", "", "ab", "aa"};
  sort_rows(rows, 5);
  EXPECT_STREQ(rows[0], "");
  EXPECT_STREQ(rows[1], "aa");
  EXPECT_STREQ(rows[2], "ab");
  EXPECT_STREQ(rows[3], "abc");
  EXPECT_STREQ(rows[4], "b");
  sort_rows(rows, 0);
}

TEST(Phrase, IsPackedAndUnpacked) {
  constexpr Phrase phrase = "mount the layer '@' on the root: not supported yet (remove it)\n"_p;
  EXPECT_EQ(plain(phrase), "mount the layer '@' on the root: not supported yet (remove it)\n");
  EXPECT_LT(std::strlen(phrase.packed()), plain(phrase).size() / 2);
  EXPECT_TRUE(Phrase().empty());
  EXPECT_TRUE(""_p.empty());
  EXPECT_EQ(plain("plain text"), "plain text");  // without suffix
}

TEST(Phrase, EveryFragmentUnpacks) {
  std::size_t number = 0;
  for (const std::string_view fragment : phrase::index.texts) {
    const char packed[2] = {static_cast<char>(phrase::first_code + number++), '\0'};
    EXPECT_EQ(plain(Phrase::from_packed(packed)), fragment);
  }
  EXPECT_GT(number, 100U);
}

// The packer takes the first fragment that fits, which must be the longest.
TEST(Phrase, FragmentsAreSorted) {
  const auto& texts = phrase::index.texts;
  for (std::size_t at = 1; at < texts.size(); ++at) {
    EXPECT_LE(texts[at - 1].front(), texts[at].front()) << texts[at];
    if (texts[at - 1].front() != texts[at].front()) continue;
    EXPECT_GE(texts[at - 1].size(), texts[at].size()) << texts[at];
  }
}

TEST(Error, KeepsItsSubjectWhenTheOriginalIsGone) {
  const auto opened = [] {
    TextBuffer<32> path("/no/such/", 1);
    return Result<void>(fail(ENOENT, "open", path.text()));
  }();
  EXPECT_EQ(opened.error().subject, "/no/such/1");
}

}  // namespace
}  // namespace microctr

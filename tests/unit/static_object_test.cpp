#include "launcher/base/static_object.h"

#include <gtest/gtest.h>

#include <sys/mman.h>

#include <cstdint>
#include <cstring>
#include <vector>

namespace microctr {
namespace {

struct Large {
  int number = 7;
  char bytes[256 * 1024];
};

StaticObject<Large> large;

// How many of the object's pages are there (mincore(2) says so of private memory, too).
std::size_t resident_pages() {
  constexpr std::uintptr_t page = 4096;
  const auto begin = reinterpret_cast<std::uintptr_t>(&large) & ~(page - 1);
  const std::size_t count = (reinterpret_cast<std::uintptr_t>(&large) + sizeof large - begin + page - 1) / page;
  std::vector<unsigned char> there(count);
  if (mincore(reinterpret_cast<void*>(begin), count * page, there.data()) != 0) return 0;
  std::size_t resident = 0;
  for (const unsigned char one : there) resident += one & 1U;
  return resident;
}

TEST(StaticObject, touches_only_what_its_constructor_does) {
  EXPECT_EQ(large.make().number, 7);
  EXPECT_LE(resident_pages(), 4U);
}

TEST(StaticObject, gives_its_memory_back_and_is_made_anew) {
  Large& made = large.is_made() ? large.get() : large.make();
  made.number = 8;
  std::memset(static_cast<char*>(made.bytes), 1, sizeof made.bytes);
  EXPECT_GE(resident_pages(), 64U);
  large.forget();
  EXPECT_FALSE(large.is_made());
  EXPECT_LE(resident_pages(), 4U);
  EXPECT_EQ(large.make().number, 7);
  EXPECT_EQ(large.get().bytes[128 * 1024], 0);
}

}  // namespace
}  // namespace microctr

#include "launcher/base/static_object.h"

#include <gtest/gtest.h>

#include <cstring>

namespace microctr {
namespace {

struct Large {
  int number = 7;
  char bytes[256 * 1024];
};

StaticObject<Large> large;

std::size_t resident_pages() {
  std::size_t size = 0, resident = 0;
  FILE* const file = std::fopen("/proc/self/statm", "r");
  if (file == nullptr || std::fscanf(file, "%zu %zu", &size, &resident) != 2) return 0;
  std::fclose(file);
  return resident;
}

TEST(StaticObject, touches_only_what_its_constructor_does) {
  const std::size_t before = resident_pages();
  EXPECT_EQ(large.make().number, 7);
  EXPECT_LE(resident_pages(), before + 32);
}

TEST(StaticObject, gives_its_memory_back_and_is_made_anew) {
  Large& made = large.is_made() ? large.get() : large.make();
  made.number = 8;
  std::memset(static_cast<char*>(made.bytes), 1, sizeof made.bytes);
  const std::size_t full = resident_pages();
  large.forget();
  EXPECT_FALSE(large.is_made());
  EXPECT_LE(resident_pages() + 48, full);
  EXPECT_EQ(large.make().number, 7);
  EXPECT_EQ(large.get().bytes[128 * 1024], 0);
}

}  // namespace
}  // namespace microctr

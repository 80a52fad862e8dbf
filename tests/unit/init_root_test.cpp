#include "init/root.h"

#include <gtest/gtest.h>

namespace microctr {
namespace {

struct Wish {
  char storage[2048];
  Arena arena{storage};
  RootWish wish;

  explicit Wish(std::string_view line) { wish = read_root_wish(line, arena); }
};

TEST(RootWish, IsNoneWithoutARoot) {
  EXPECT_TRUE(Wish("console=ttyS0 panic=-1 quiet\n").wish.source.empty());
  EXPECT_TRUE(Wish("").wish.source.empty());
  EXPECT_TRUE(Wish("root=/dev/ram0 rw").wish.source.empty());  // the initramfs itself
  EXPECT_TRUE(Wish("noroot=/dev/sda xroot=/dev/sda").wish.source.empty());
  EXPECT_TRUE(Wish("quiet -- root=/dev/sda").wish.source.empty());  // that is init's
}

TEST(RootWish, ReadsTheKernelsWords) {
  const Wish line(
      "root=/dev/sda1 root=/dev/mmcblk0p2 rootfstype=ext4 rootflags=\"noatime,data=journal\" rw rootdelay=3 "
      "init=/usr/sbin/init\n");
  EXPECT_EQ(line.wish.source.view(), "/dev/mmcblk0p2");  // a later word wins
  EXPECT_EQ(line.wish.type.view(), "ext4");
  EXPECT_EQ(line.wish.options.view(), "noatime,data=journal");
  EXPECT_EQ(line.wish.program.view(), "/usr/sbin/init");
  EXPECT_TRUE(line.wish.writable);
  EXPECT_EQ(line.wish.wait_ms, 13'000U);
}

TEST(RootWish, HasTheKernelsDefaults) {
  const Wish line("root=/dev/vda");
  EXPECT_FALSE(line.wish.writable);
  EXPECT_EQ(line.wish.program.view(), "/sbin/init");
  EXPECT_EQ(line.wish.wait_ms, 10'000U);
  EXPECT_TRUE(line.wish.type.empty());
}

TEST(RootWish, WaitsAsItIsTold) {
  EXPECT_EQ(Wish("root=/dev/vda rootwait").wish.wait_ms, UINT64_MAX);
  EXPECT_EQ(Wish("root=/dev/vda rootwait rootdelay=5").wish.wait_ms, UINT64_MAX);
  EXPECT_EQ(Wish("root=/dev/vda rootwait=7").wish.wait_ms, 7'000U);
  EXPECT_EQ(Wish("root=/dev/vda rootdelay=x").wish.wait_ms, 10'000U);
}

TEST(RootWish, TakesQuotes) {
  EXPECT_EQ(Wish("\"root=/a place/root.img\" quiet").wish.source.view(), "/a place/root.img");
  EXPECT_EQ(Wish("root=\"/a place/root.img\" ro").wish.source.view(), "/a place/root.img");
  EXPECT_EQ(Wish("root=\"").wish.source.view(), "\"");
}

}  // namespace
}  // namespace microctr

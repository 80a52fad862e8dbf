// The mount list, read from a file that looks like /proc/self/mountinfo.
#include "launcher/plan/mount_list.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <string>
#include <vector>

namespace microctr {
namespace {

Fd file_of(const std::string& text) {
  Fd file(memfd_create("mountinfo", MFD_CLOEXEC));
  EXPECT_EQ(write(file.get(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
  EXPECT_EQ(lseek(file.get(), 0, SEEK_SET), 0);
  return file;
}

std::vector<std::string> points_of(const std::string& text) {
  std::array<char, 256> buffer;
  MountList list(file_of(text), buffer);
  std::vector<std::string> points;
  while (true) {
    const auto mount = list.next();
    EXPECT_TRUE(mount);
    if (!mount || mount.value().point.empty()) return points;
    points.emplace_back(mount.value().point);
  }
}

TEST(MountList, HasThePathsAsTheyAre) {
  const std::string rest = " rw,relatime shared:1 - ext4 /dev/vda rw\n";
  EXPECT_EQ(points_of("20 1 8:1 / /data\\040of\\011mine\\134040" + rest),
            std::vector<std::string>{"/data of\tmine\\040"});
  EXPECT_EQ(points_of("20 1 8:1 / /a\\012b" + rest + "21 1 8:2 / /c\\04" + rest),
            (std::vector<std::string>{"/a\nb", "/c\\04"}));
}

TEST(MountList, HasEachField) {
  std::array<char, 256> buffer;
  MountList list(
      file_of("1 1 0:2 / / rw - rootfs none rw,size=1k\n36 35 98:0 /m /mnt rw master:1 - ext3 /dev/root rw\n"), buffer);
  const auto root = list.next();
  ASSERT_TRUE(root);
  EXPECT_FALSE(root.value().has_parent);
  EXPECT_EQ(root.value().super_options, "rw,size=1k");
  const auto second = list.next();
  ASSERT_TRUE(second);
  EXPECT_TRUE(second.value().has_parent);
  EXPECT_EQ(second.value().device, "98:0");
  EXPECT_EQ(second.value().point, "/mnt");
  EXPECT_EQ(second.value().type, "ext3");
}

// An overlay with many layers has lines of any length.
TEST(MountList, CutsWhatIsTooLong) {
  const std::string normal = "21 1 8:2 / /c rw - ext4 /dev/vda rw\n";
  for (const std::size_t size : {150U, 256U, 500U, 512U, 5000U}) {
    const std::string overlay = "20 1 0:9 / /o rw - overlay none rw,lowerdir=" + std::string(size, 'x') + "\n";
    EXPECT_EQ(points_of(normal + overlay + overlay + normal), (std::vector<std::string>{"/c", "/o", "/o", "/c"}));
  }
}

TEST(MountList, LeavesOutWhatHasTooLongPaths) {
  std::array<char, 256> buffer;
  const std::string path(300, 'x');
  for (const std::string& line : {"/" + path + " / rw - ext4 /dev/vda rw", "/ /" + path + " rw - ext4 /dev/vda rw",
                                  "/ / rw shared:" + path + " - ext4 /dev/vda rw"}) {
    MountList list(file_of("20 1 8:1 " + line + "\n21 1 8:2 / /c rw - ext4 /dev/vda rw\n"), buffer);
    EXPECT_FALSE(list.has_lost());
    const auto next = list.next();
    ASSERT_TRUE(next);
    EXPECT_EQ(next.value().point, "/c");
    EXPECT_TRUE(list.has_lost());
    EXPECT_TRUE(list.next().value().point.empty());
  }
}

}  // namespace
}  // namespace microctr

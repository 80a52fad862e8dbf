// The path resolver on hostile trees. What it does on kernels without openat2 is shown by tests/live/rootfs.sh.
#include <gtest/gtest.h>

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "launcher/base/resolve.h"
#include "launcher/base/sys.h"

namespace microctr {
namespace {

namespace fs = std::filesystem;

class Resolve : public testing::Test {
 protected:
  Resolve() {
    char name[] = "/tmp/microctr-resolve-XXXXXX";
    top_ = mkdtemp(name);
    fs::create_directories(top_ / "root/a/b");
    fs::create_directories(top_ / "outside");
    std::ofstream(top_ / "outside/secret") << "secret";
    std::ofstream(top_ / "root/a/file") << "inside";
    fs::create_symlink("/outside/secret", top_ / "root/absolute");
    fs::create_symlink("../../../../outside/secret", top_ / "root/a/climb");
    fs::create_symlink("a/b", top_ / "root/inner");
    fs::create_symlink("loop", top_ / "root/loop");
    fs::create_symlink("/proc/self/root", top_ / "root/magic");
    root_ = ::open((top_ / "root").c_str(), O_PATH | O_DIRECTORY);
  }
  ~Resolve() override {
    ::close(root_);
    fs::remove_all(top_);
  }

  int code(const Result<Fd>& result) { return result ? 0 : result.error().code; }

  fs::path top_;
  int root_;
};

TEST_F(Resolve, dots_do_not_leave_the_root) {
  EXPECT_EQ(code(open_inside(root_, "../outside/secret", O_RDONLY, Symlinks::follow)), ENOENT);
  EXPECT_EQ(code(open_inside(root_, "a/../../../outside/secret", O_RDONLY, Symlinks::follow)), ENOENT);
}

TEST_F(Resolve, links_do_not_leave_the_root) {
  EXPECT_EQ(code(open_inside(root_, "absolute", O_RDONLY, Symlinks::follow)), ENOENT);
  EXPECT_EQ(code(open_inside(root_, "a/climb", O_RDONLY, Symlinks::follow)), ENOENT);
  EXPECT_EQ(code(open_inside(root_, "loop", O_RDONLY, Symlinks::follow)), ELOOP);
}

TEST_F(Resolve, links_inside_are_followed_unless_refused) {
  EXPECT_EQ(code(open_inside(root_, "inner", O_PATH | O_DIRECTORY, Symlinks::follow)), 0);
  EXPECT_EQ(code(open_inside(root_, "inner", O_PATH | O_DIRECTORY, Symlinks::refuse)), ELOOP);
}

TEST_F(Resolve, missing_mount_point_is_made_inside) {
  fs::create_symlink("/new/place", top_ / "root/dangling");
  EXPECT_EQ(code(open_mount_point(root_, "/x/y/z", MountPoint::directory, Symlinks::follow, Missing::create)), 0);
  EXPECT_TRUE(fs::is_directory(top_ / "root/x/y/z"));
  EXPECT_EQ(code(open_mount_point(root_, "/x/file", MountPoint::file, Symlinks::follow, Missing::create)), 0);
  EXPECT_TRUE(fs::is_regular_file(top_ / "root/x/file"));
  EXPECT_NE(code(open_mount_point(root_, "/dangling/d", MountPoint::directory, Symlinks::follow, Missing::create)), 0);
  EXPECT_FALSE(fs::exists(top_ / "new"));
  EXPECT_EQ(
      code(open_mount_point(root_, "/gone/../../outside/d", MountPoint::directory, Symlinks::follow, Missing::create)),
      ENOENT);
  EXPECT_FALSE(fs::exists(top_ / "outside/d"));
}

TEST_F(Resolve, mount_point_of_the_other_kind_is_an_error) {
  EXPECT_EQ(code(open_mount_point(root_, "a/file", MountPoint::directory, Symlinks::follow, Missing::create)), ENOTDIR);
  EXPECT_EQ(code(open_mount_point(root_, "a/b", MountPoint::file, Symlinks::follow, Missing::create)), EISDIR);
  EXPECT_EQ(code(open_mount_point(root_, "nowhere", MountPoint::file, Symlinks::follow, Missing::refuse)), ENOENT);
}

// The kernel gives up on ".." while anything is renamed anywhere.
TEST_F(Resolve, does_not_mind_renames_elsewhere) {
  fs::create_symlink("../a", top_ / "root/a/link");
  const pid_t pid = fork();
  while (pid == 0) {
    (void)std::rename((top_ / "outside/secret").c_str(), (top_ / "outside/other").c_str());
    (void)std::rename((top_ / "outside/other").c_str(), (top_ / "outside/secret").c_str());
  }
  int failures = 0;
  for (int tries = 0; tries < 20000; ++tries) {
    if (code(open_inside(root_, "a/link/b", O_PATH, Symlinks::follow)) != 0) ++failures;
    if (code(open_own_directory(root_, "a/../a")) != 0) ++failures;
  }
  kill(pid, SIGKILL);
  waitpid(pid, nullptr, 0);
  EXPECT_EQ(failures, 0);
}

}  // namespace
}  // namespace microctr

// Waiting for paths that come late, in a scratch directory; with a mount where we may make one.
#include <gtest/gtest.h>

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>

#include "launcher/base/sys.h"
#include "launcher/supervisor/path_watch.h"
#include "tests/unit/image_scratch.h"
#include "tests/unit/plain.h"

namespace microctr {
namespace {

namespace fs = std::filesystem;

class Paths : public Scratch {
 protected:
  void SetUp() override { ASSERT_TRUE(watch_.open()); }

  bool is_there(const fs::path& path) {
    const std::string name = path;
    return watch_.is_there(text(name));
  }
  static bool take_changes_of(PathWatch& watch) {
    const bool any = sys::poll_one(watch.descriptor(), POLLIN, 0).value();
    if (any) watch.take_changes();
    return any;
  }
  bool take_changes() { return take_changes_of(watch_); }
  bool says_something() const { return sys::poll_one(watch_.descriptor(), POLLIN, 0).value(); }
  static void touch(const fs::path& path) { std::ofstream(path) << ""; }

  PathWatch watch_;
};

TEST_F(Paths, that_are_there_need_no_watch) {
  EXPECT_TRUE(is_there(path_));
  touch(path_ / "more");
  EXPECT_FALSE(says_something());
}

TEST_F(Paths, come_component_by_component) {
  const fs::path wanted = path_ / "a" / "b" / "c";
  EXPECT_FALSE(is_there(wanted));
  EXPECT_FALSE(says_something());
  for (const fs::path& step : {path_ / "a", path_ / "a" / "b"}) {
    fs::create_directory(step);
    EXPECT_TRUE(take_changes()) << step;
    EXPECT_FALSE(says_something());
    EXPECT_FALSE(is_there(wanted));
  }
  touch(wanted);
  EXPECT_TRUE(take_changes());
  EXPECT_TRUE(is_there(wanted));
}

TEST_F(Paths, are_no_more_watched_when_nobody_asks) {
  EXPECT_FALSE(is_there(path_ / "a"));
  touch(path_ / "a");
  EXPECT_TRUE(take_changes());
  EXPECT_TRUE(is_there(path_ / "a"));
  touch(path_ / "b");
  EXPECT_FALSE(says_something());
}

TEST_F(Paths, are_watched_together) {
  fs::create_directory(path_ / "one");
  EXPECT_FALSE(is_there(path_ / "one" / "x"));
  EXPECT_FALSE(is_there(path_ / "two" / "x"));
  touch(path_ / "one" / "x");
  EXPECT_TRUE(take_changes());
  EXPECT_TRUE(is_there(path_ / "one" / "x"));
  EXPECT_FALSE(is_there(path_ / "two" / "x"));
  fs::create_directory(path_ / "two");
  EXPECT_TRUE(take_changes());
  EXPECT_FALSE(is_there(path_ / "two" / "x"));
  touch(path_ / "two" / "x");
  EXPECT_TRUE(take_changes());
  EXPECT_TRUE(is_there(path_ / "two" / "x"));
}

TEST_F(Paths, may_be_moved_in) {
  fs::create_directory(path_ / "dir");
  EXPECT_FALSE(is_there(path_ / "dir" / "x"));
  touch(path_ / "aside");
  fs::rename(path_ / "aside", path_ / "dir" / "x");
  EXPECT_TRUE(take_changes());
  EXPECT_TRUE(is_there(path_ / "dir" / "x"));
}

TEST_F(Paths, may_lose_a_directory_again) {
  fs::create_directory(path_ / "dir");
  EXPECT_FALSE(is_there(path_ / "dir" / "x"));
  fs::remove(path_ / "dir");
  EXPECT_TRUE(take_changes());
  EXPECT_FALSE(is_there(path_ / "dir" / "x"));
  fs::create_directory(path_ / "dir");
  EXPECT_TRUE(take_changes());
  EXPECT_FALSE(is_there(path_ / "dir" / "x"));
  touch(path_ / "dir" / "x");
  EXPECT_TRUE(take_changes());
  EXPECT_TRUE(is_there(path_ / "dir" / "x"));
}

// As /dev/disk/by-label, whose names lead to devices.
TEST_F(Paths, may_be_links_that_lead_nowhere_yet) {
  fs::create_directory(path_ / "by-label");
  fs::create_symlink("../disk", path_ / "by-label" / "data");
  EXPECT_FALSE(is_there(path_ / "by-label" / "data"));
  touch(path_ / "disk");
  EXPECT_TRUE(take_changes());
  EXPECT_TRUE(is_there(path_ / "by-label" / "data"));
  fs::create_symlink("loop", path_ / "loop");
  EXPECT_FALSE(is_there(path_ / "loop")) << "and that ends";
}

// A mount makes no event in the directory that it covers.
TEST_F(Paths, come_with_a_mount) {
  fs::create_directory(path_ / "disk");
  const pid_t pid = ::fork();
  if (pid == 0) {
    if (::unshare(CLONE_NEWNS) != 0 || ::mount("none", "/", "", MS_REC | MS_PRIVATE, "") != 0) ::_exit(77);
    PathWatch watch;
    const std::string wanted = path_ / "disk" / "file";
    if (!watch.open() || watch.is_there(text(wanted))) ::_exit(1);
    if (::mount("none", (path_ / "disk").c_str(), "tmpfs", 0, "") != 0) ::_exit(77);
    if (!take_changes_of(watch)) ::_exit(3);
    if (watch.is_there(text(wanted))) ::_exit(4);
    touch(wanted);
    if (!take_changes_of(watch)) ::_exit(5);
    if (take_changes_of(watch)) ::_exit(2);
    ::_exit(watch.is_there(text(wanted)) ? 0 : 6);
  }
  int status = 0;
  ::waitpid(pid, &status, 0);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 77) GTEST_SKIP() << "we may not mount";
  EXPECT_EQ(status, 0) << "exit status " << WEXITSTATUS(status);
}

}  // namespace
}  // namespace microctr

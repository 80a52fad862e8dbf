#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "launcher/image/busybox_layer.h"
#include "launcher/image/busybox_program.h"
#include "tests/unit/image_scratch.h"

namespace microctr {
namespace {

namespace fs = std::filesystem;

TEST(ImageAppletName, TakesOnlyPlainNames) {
  for (const char* name : {"ls", "[", "[[", "run-parts", "mkfs.ext2", "linux32", "7z"})
    EXPECT_TRUE(is_applet_name(name));
  for (const char* name : {"", ".", "..", "../x", "a/b", "/x", "-l", ".hidden", "a b", "a\tb", "\x7f", "ä"}) {
    EXPECT_FALSE(is_applet_name(name)) << name;
  }
  EXPECT_TRUE(is_applet_name(std::string(applet_name_size - 1, 'a')));
  EXPECT_FALSE(is_applet_name(std::string(applet_name_size, 'a')));
}

class ImageLayer : public Scratch {
 protected:
  void SetUp() override {
    if (!open_busybox({})) GTEST_SKIP() << "no static busybox on this machine";
  }
  int build(const std::string& name, const std::string& busybox = {}) {
    const auto built = build_busybox_layer(text(busybox), text(at(name)), InUse::no);
    return built ? 0 : built.error().code;
  }
  // The same program with other bytes.
  std::string other_busybox() const {
    const auto program = open_busybox({});
    const std::string other = at("busybox-other");
    fs::copy_file(program.value().path.c_str(), other);
    std::ofstream(other, std::ios::app) << "more";
    return other;
  }
  ino_t inode(const std::string& name) const {
    struct stat status = {};
    EXPECT_EQ(::stat(at(name).c_str(), &status), 0);
    return status.st_ino;
  }
  unsigned mode(const std::string& name) const {
    struct stat status = {};
    EXPECT_EQ(::lstat(at(name).c_str(), &status), 0);
    return status.st_mode & 07777;
  }
};

TEST_F(ImageLayer, HasWhatProgramsExpect) {
  ASSERT_EQ(build("parent/layer"), 0);
  for (const char* name : {"bin/sh", "bin/ls", "bin/[", "dev", "proc", "sys", "home", "usr/bin", "usr/sbin", "sbin",
                           "var/log", "var/run", "run", "etc/mtab"}) {
    EXPECT_TRUE(exists("parent/layer/" + std::string(name))) << name;
  }
  EXPECT_EQ(mode("parent/layer"), 0755U);
  EXPECT_EQ(mode("parent/layer/tmp"), 01777U);
  EXPECT_EQ(mode("parent/layer/root"), 0700U);
  EXPECT_EQ(mode("parent/layer/bin/busybox"), 0755U);
  EXPECT_EQ(inode("parent/layer/bin/sh"), inode("parent/layer/bin/busybox"));
  EXPECT_NE(read("parent/layer/etc/passwd").find("root:x:0:0:"), std::string::npos);
  EXPECT_NE(read("parent/layer/etc/group").find("tty:x:5:"), std::string::npos);
  EXPECT_EQ(std::distance(fs::directory_iterator(path_ / "parent"), {}), 1);
}

TEST_F(ImageLayer, ModesDoNotDependOnTheUmask) {
  const mode_t before = ::umask(077);
  EXPECT_EQ(build("layer"), 0);
  EXPECT_EQ(::umask(before), 077U);
  EXPECT_EQ(mode("layer"), 0755U);
  EXPECT_EQ(mode("layer/bin"), 0755U);
  EXPECT_EQ(mode("layer/etc/hosts"), 0644U);
  EXPECT_EQ(mode("layer/tmp"), 01777U);
}

TEST_F(ImageLayer, TheSameAgainChangesNothing) {
  ASSERT_EQ(build("layer"), 0);
  const ino_t before = inode("layer");
  EXPECT_EQ(build("layer"), 0);
  EXPECT_EQ(inode("layer"), before);
  EXPECT_EQ(entries(), 1U);
}

TEST_F(ImageLayer, AnotherBusyBoxReplacesIt) {
  ASSERT_EQ(build("layer"), 0);
  const ino_t before = inode("layer");
  const std::string other = other_busybox();
  EXPECT_EQ(build("layer", other), 0);
  EXPECT_NE(inode("layer"), before);
  EXPECT_EQ(fs::file_size(path_ / "layer/bin/busybox"), fs::file_size(other));
  EXPECT_EQ(entries(), 2U);  // the layer and the other busybox
}

TEST_F(ImageLayer, DamageIsRepaired) {
  ASSERT_EQ(build("layer"), 0);
  fs::remove(path_ / "layer/bin/ls");
  EXPECT_EQ(build("layer"), 0);
  EXPECT_TRUE(exists("layer/bin/ls"));
  write("layer/etc/hosts", "edited");
  EXPECT_EQ(build("layer"), 0);
  EXPECT_NE(read("layer/etc/hosts"), "edited");
  EXPECT_EQ(entries(), 1U);
}

TEST_F(ImageLayer, ForeignContentIsNeverReplaced) {
  ASSERT_EQ(build("layer"), 0);
  const std::string other = other_busybox();
  for (const char* name : {"layer/mine", "layer/root/mine", "layer/var/log/mine", "layer/etc/mine", "layer/bin/mine"}) {
    write(name);
    EXPECT_EQ(build("layer", other), EEXIST) << name;
    EXPECT_EQ(read(name), "x");
    fs::remove(path_ / name);
  }
  fs::create_directory(path_ / "partial");
  fs::create_directory(path_ / "partial/bin");
  EXPECT_EQ(build("partial"), EEXIST);
  write("file");
  EXPECT_EQ(build("file"), EEXIST);
  fs::create_symlink("layer", path_ / "link");
  EXPECT_EQ(build("link"), EEXIST);
  EXPECT_EQ(build("layer", other), 0);
  EXPECT_EQ(entries(), 5U);  // layer, other, partial, file, link
}

TEST_F(ImageLayer, EmptyDirectoryIsTaken) {
  fs::create_directory(path_ / "layer");
  EXPECT_EQ(build("layer"), 0);
  EXPECT_TRUE(exists("layer/bin/sh"));
}

TEST_F(ImageLayer, FailureLeavesNothing) {
  write("script", "#!/bin/sh\necho ash\n");
  fs::permissions(path_ / "script", fs::perms::owner_all);
  EXPECT_EQ(build("a/b/layer", at("script")), ENOEXEC);
  EXPECT_EQ(build("a/b/layer", at("nothing")), ENOENT);
  EXPECT_EQ(build("a/b/layer", path_.string()), ENOEXEC);
  EXPECT_EQ(build("a/b/layer", "/proc/self/exe"), EINVAL);
  EXPECT_EQ(build("a/b/" + std::string(300, 'n')), ENAMETOOLONG);
  EXPECT_EQ(build("a/b/.."), EINVAL);
  EXPECT_EQ(entries(), 1U);
}

TEST_F(ImageLayer, LeftoversOfTheDeadGoThoseOfTheLivingStay) {
  fs::create_directories(path_ / ".microctr-new-1-0/bin");
  fs::create_directories(path_ / ".microctr-new-2-0/bin");
  const Fd living(::open(at(".microctr-new-2-0").c_str(), O_RDONLY | O_CLOEXEC));
  ASSERT_EQ(::flock(living.get(), LOCK_EX), 0);
  EXPECT_EQ(build("layer"), 0);
  EXPECT_FALSE(exists(".microctr-new-1-0"));
  EXPECT_TRUE(exists(".microctr-new-2-0/bin"));
}

TEST_F(ImageLayer, EnsureBuildsOnce) {
  ASSERT_TRUE(ensure_busybox_layer(text(at("layer"))));
  const ino_t before = inode("layer");
  write("layer/mine");
  EXPECT_TRUE(ensure_busybox_layer(text(at("layer"))));
  EXPECT_EQ(inode("layer"), before);
}

TEST_F(ImageLayer, RelativePath) {
  const fs::path before = fs::current_path();
  fs::current_path(path_);
  EXPECT_TRUE(build_busybox_layer({}, "relative/layer//", InUse::no));
  fs::current_path(before);
  EXPECT_TRUE(exists("relative/layer/bin/sh"));
}

}  // namespace
}  // namespace microctr

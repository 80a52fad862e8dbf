#include "launcher/image/remove_tree.h"

#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/image_scratch.h"

namespace microctr {
namespace {

namespace fs = std::filesystem;

class ImageRemoveTree : public Scratch {
 protected:
  int remove(const std::string& name) {
    const auto removed = remove_tree(directory_.get(), text(name));
    return removed ? 0 : removed.error().code;
  }

  // name/d/d/d…, `levels` directories in all; by steps, because the path may become too long.
  void make_deep(const std::string& name, unsigned levels) const {
    Fd here(::openat(directory_.get(), ".", O_RDONLY | O_CLOEXEC));
    for (unsigned level = 0; level < levels; ++level) {
      const char* part = level == 0 ? name.c_str() : "d";
      ASSERT_EQ(::mkdirat(here.get(), part, 0755), 0);
      here = Fd(::openat(here.get(), part, O_RDONLY | O_CLOEXEC));
    }
  }
};

TEST_F(ImageRemoveTree, FilesDirectoriesAndWhatIsNotThere) {
  fs::create_directories(path_ / "a/b/c");
  write("a/one");
  write("a/b/two");
  write("file");
  EXPECT_EQ(remove("a"), 0);
  EXPECT_EQ(remove("file"), 0);
  EXPECT_EQ(remove("nothing"), 0);
  EXPECT_EQ(entries(), 0U);
}

TEST_F(ImageRemoveTree, ManyEntriesInOneDirectory) {
  fs::create_directory(path_ / "many");
  for (int number = 0; number < 1000; ++number) write("many/" + std::string(100, 'n') + std::to_string(number), "");
  EXPECT_EQ(remove("many"), 0);
  EXPECT_EQ(entries(), 0U);
}

TEST_F(ImageRemoveTree, SymbolicLinksAreRemovedNotFollowed) {
  fs::create_directories(path_ / "kept/inner");
  write("kept/inner/file");
  fs::create_directory(path_ / "tree");
  fs::create_symlink(path_ / "kept", path_ / "tree/absolute");
  fs::create_symlink("../kept/inner", path_ / "tree/relative");
  fs::create_symlink("kept", path_ / "link");
  EXPECT_EQ(remove("tree"), 0);
  EXPECT_EQ(remove("link"), 0);
  EXPECT_TRUE(exists("kept/inner/file"));
  EXPECT_EQ(entries(), 1U);
}

TEST_F(ImageRemoveTree, NameIsOneComponent) {
  fs::create_directories(path_ / "a/b");
  for (const char* name : {"", ".", "..", "a/b", "/", "a/"}) EXPECT_EQ(remove(name), EINVAL) << name;
  EXPECT_TRUE(exists("a/b"));
}

TEST_F(ImageRemoveTree, DeepestTree) {
  make_deep("deep", deepest_tree + 1);  // the last one is empty and needs no further level
  EXPECT_EQ(remove("deep"), 0);
  EXPECT_EQ(entries(), 0U);
}

TEST_F(ImageRemoveTree, TooDeepIsAnErrorAboutTheTree) {
  make_deep("deep", deepest_tree + 2);
  write("deep/file");
  const auto removed = remove_tree(directory_.get(), "deep");
  ASSERT_FALSE(removed);
  EXPECT_EQ(removed.error().code, ENAMETOOLONG);
  EXPECT_EQ(removed.error().subject.view(), "deep");
  EXPECT_FALSE(exists("deep/file"));  // it went on with the rest
}

TEST_F(ImageRemoveTree, DirectoriesWithoutPermissionThatAreEmpty) {
  fs::create_directories(path_ / "work/work");  // as overlayfs leaves them
  ASSERT_EQ(::chmod(at("work/work").c_str(), 0), 0);
  EXPECT_EQ(remove("work"), 0);
}

TEST_F(ImageRemoveTree, SpecialFilesDoNotBlock) {
  fs::create_directory(path_ / "tree");
  ASSERT_EQ(::mkfifo(at("tree/fifo").c_str(), 0600), 0);
  EXPECT_EQ(remove("tree"), 0);
}

}  // namespace
}  // namespace microctr

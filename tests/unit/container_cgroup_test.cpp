// What is undone in cgroups, by plain files in their place.
#include "launcher/container/cgroup.h"

#include <gtest/gtest.h>

#include <string>

#include "launcher/container/journal.h"
#include "tests/unit/image_scratch.h"

namespace microctr {
namespace {

class CgroupTest : public Scratch {
 protected:
  CgroupTest() {
    std::filesystem::create_directories(at("run/containers/a"));
    std::filesystem::create_directories(at("run/containers/ba"));
    std::filesystem::create_directories(at("group"));
    runtime_ = at("run");
    write("group/cgroup.subtree_control", "+one +two");
  }

  void list(const std::string& controllers) { write("run/controllers", at("group") + "\t" + controllers + "\n"); }
  std::string enabled() const { return read("group/cgroup.subtree_control"); }
  Step step(const std::string& target) {
    target_ = target;
    return {.op = Op::enable_controllers, .target = text(target_), .options = "+pids"};
  }

  std::string runtime_;
  std::string target_;
};

TEST_F(CgroupTest, the_end_of_a_name_is_another_name) {
  list("-one -two");
  write("run/containers/a/journal", "");
  write("run/containers/ba/journal", "");
  const std::string longer = at("run/containers/ba");
  ASSERT_TRUE(undo_journal(text(runtime_), text(longer), Keep::no));
  EXPECT_EQ(enabled(), "+one +two");
  EXPECT_TRUE(exists("run/controllers"));
  const std::string last = at("run/containers/a");
  ASSERT_TRUE(undo_journal(text(runtime_), text(last), Keep::no));
  EXPECT_EQ(enabled(), "-one -two");
  EXPECT_FALSE(exists("run/controllers"));
}

TEST_F(CgroupTest, a_controller_stays_with_somebody_elses_child) {
  list("-one -two");
  std::filesystem::create_directory(at("group/apps"));
  ASSERT_TRUE(disable_controllers(text(runtime_)));
  EXPECT_EQ(enabled(), "+one +two");
}

TEST_F(CgroupTest, controllers_are_disabled_backwards) {
  write("run/controllers", at("group") + "\t-one\n" + at("group") + "\t-two\n");
  ASSERT_TRUE(disable_controllers(text(runtime_)));
  EXPECT_EQ(enabled().substr(0, 4), "-one");
}

TEST_F(CgroupTest, no_line_for_what_goes_by_itself) {
  const std::string record = at("run/containers/a");
  const std::string made = at("made");
  Journal journal(text(record));
  ASSERT_TRUE(make_cgroup({.op = Op::make_cgroup, .target = text(made)}, journal));
  write("made/cgroup.subtree_control", "");
  ASSERT_TRUE(enable_controllers(step(made), text(runtime_), journal));
  EXPECT_EQ(read("made/cgroup.subtree_control"), "+pids");
  EXPECT_FALSE(exists("run/controllers"));
  ASSERT_TRUE(enable_controllers(step(at("group")), text(runtime_), journal));
  EXPECT_EQ(read("run/controllers"), at("group") + "\t-pids\n");
}

TEST_F(CgroupTest, a_copy_does_not_replace_a_value) {
  write("from", "0-3\n");
  write("new", "\n");
  write("set", "2\n");
  const std::string from = at("from");
  for (const char* name : {"new", "set"}) {
    const std::string target = at(name);
    ASSERT_TRUE(copy_cgroup_value({.op = Op::copy_cgroup, .source = text(from), .target = text(target)}));
  }
  EXPECT_EQ(read("new"), "0-3\n");
  EXPECT_EQ(read("set"), "2\n");
}

TEST_F(CgroupTest, a_name_that_would_be_read_as_another_is_not_noted) {
  const std::string record = at("run/containers/a");
  Journal journal(text(record));
  for (const char* name : {"/sys/fs/cgroup/web\tx", "/sys/fs/cgroup/web\nx"}) {
    const auto noted = journal.note_cgroup(CString::from_pointer(name));
    ASSERT_FALSE(noted);
    EXPECT_EQ(noted.error().code, EINVAL);
  }
  EXPECT_EQ(read("run/containers/a/journal"), "");
}

}  // namespace
}  // namespace microctr

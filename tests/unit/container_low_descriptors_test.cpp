#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <unistd.h>

#include "launcher/base/sys.h"
#include "launcher/container/low_descriptors.h"

namespace microctr {
namespace {

class LowDescriptorsTest : public testing::Test {
 protected:
  void SetUp() override {
    null_ = Fd(::open("/dev/null", O_RDWR | O_CLOEXEC));
    ASSERT_TRUE(low_.reserve(null_.get()));
    int ends[2];
    ASSERT_EQ(::pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
    reader_ = Fd(::fcntl(ends[0], F_DUPFD_CLOEXEC, low_.end()));  // above all that is lent
    writer_ = Fd(::fcntl(ends[1], F_DUPFD_CLOEXEC, low_.end()));
    ::close(ends[0]);
    ::close(ends[1]);
  }

  static bool is_open(int descriptor) { return ::fcntl(descriptor, F_GETFD) >= 0; }
  bool is_at_end() const {
    char byte;
    return ::read(reader_.get(), &byte, 1) == 0;
  }

  Fd null_;
  Fd reader_;
  Fd writer_;
  LowDescriptors low_;
};

TEST_F(LowDescriptorsTest, WhatIsLentIsOpenUntilItIsTakenBack) {
  int number = writer_.get();
  ASSERT_TRUE(low_.lend(number));
  EXPECT_NE(number, writer_.get());
  EXPECT_LT(number, low_.end());
  EXPECT_EQ(::fcntl(number, F_GETFD), FD_CLOEXEC);
  writer_.close();
  EXPECT_FALSE(is_at_end());
  low_.take_back();
  EXPECT_TRUE(is_at_end());
  EXPECT_TRUE(is_open(number));  // the place stays ours
}

TEST_F(LowDescriptorsTest, NoDescriptorTakesNoPlace) {
  int none = -1;
  ASSERT_TRUE(low_.lend(none));
  EXPECT_EQ(none, -1);
  int first = writer_.get();
  ASSERT_TRUE(low_.lend(first));
  low_.take_back();
  int again = writer_.get();
  ASSERT_TRUE(low_.lend(again));
  EXPECT_EQ(first, again);
}

TEST_F(LowDescriptorsTest, ACopyOfTheTableHasTheLowOnesOnly) {
  int number = writer_.get();
  ASSERT_TRUE(low_.lend(number));
  auto child = sys::clone(CLONE_FILES);
  ASSERT_TRUE(child);
  if (child.value().pid == 0) {
    const bool copied = static_cast<bool>(sys::copy_descriptors(low_.end()));
    const bool has_low = is_open(number) && ::close(number) == 0;
    sys::exit(copied && has_low && !is_open(reader_.get()) && !is_open(writer_.get()) ? 0 : 1);
  }
  EXPECT_EQ(sys::wait_for(child.value().pidfd.get()).value().status, 0);
  EXPECT_TRUE(is_open(reader_.get()));
  EXPECT_TRUE(is_open(number));  // closed in the copy only
}

}  // namespace
}  // namespace microctr

// The table of system calls against the kernel headers of the machine that builds the tests.
#include <gtest/gtest.h>
#include <sys/syscall.h>

#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>

#include "launcher/seccomp/call.h"

namespace microctr::seccomp {
namespace {

TEST(SeccompTable, IsSorted) {
  for (Call call = 1; call < call_count; ++call) {
    EXPECT_LT(std::string(call_name(static_cast<Call>(call - 1))), std::string(call_name(call)));
  }
  EXPECT_EQ(call_name(0), "_llseek");
  EXPECT_EQ(call_name(call_count - 1), "writev");
}

TEST(SeccompTable, FindsEachName) {
  for (Call call = 0; call < call_count; ++call) EXPECT_EQ(find_call(call_name(call)), call);
  for (const char* name : {"", "rea", "reads", "READ", "mkdir "}) EXPECT_FALSE(find_call(name)) << name;
  EXPECT_EQ(nearest_call("opnat"), "openat");
  EXPECT_EQ(nearest_call("io_uring_setp"), "io_uring_setup");
}

TEST(SeccompTable, HasEachNumberOnce) {
  for (std::size_t abi = 0; abi < abi_count; ++abi) {
    std::map<std::uint32_t, std::string> names;
    for (Call call = 0; call < call_count; ++call) {
      const auto number = number_of(call, abi);
      if (!number) continue;
      EXPECT_TRUE(names.emplace(*number, call_name(call)).second) << *number;
    }
    EXPECT_GT(names.size(), 300U);
    EXPECT_EQ(names[469], "file_setattr");
  }
}

#define ROW(name, x86_64, i386, aarch64, arm) {#name, {x86_64, i386, aarch64, arm}},
const std::map<std::string, std::array<unsigned, 4>> rows = {MICROCTR_CALLS(ROW)};
#undef ROW

// Each "#define __NR_name number" of the file, in the forms that the kernel's headers have.
void compare(const char* path, std::size_t column, std::size_t least, const std::set<std::string>& others = {}) {
  std::ifstream file(path);
  ASSERT_TRUE(file) << path;
  std::size_t compared = 0;
  for (std::string text; std::getline(file, text);) {
    std::istringstream line(text);
    std::string define;
    std::string name;
    line >> define >> name;
    if (define != "#define" || !name.starts_with("__NR_")) continue;
    std::string rest;
    std::getline(line, rest);
    std::erase(rest, ' ');
    std::erase(rest, '\t');
    const std::size_t digits = rest.find_first_of("0123456789");
    if (digits == std::string::npos || (digits != 0 && !rest.starts_with("(__NR_SYSCALL_BASE+"))) continue;
    name.erase(0, 5);
    if (name == "arm_sync_file_range") name = "sync_file_range2";  // two names of one call
    if (others.contains(name) || (column == 2 && name.ends_with("time64"))) continue;
    const auto row = rows.find(name);
    ASSERT_NE(row, rows.end()) << name;
    EXPECT_EQ(row->second[column], std::stoul(rest.substr(digits))) << name;
    ++compared;
  }
  EXPECT_GE(compared, least) << path;
}

// It is the header of all newer architectures; what it has for those with 32 bits only, aarch64 has not.
TEST(SeccompTable, HasTheNumbersOfAarch64) {
  compare("/usr/include/asm-generic/unistd.h", 2, 290, {"arch_specific_syscall", "syscalls", "sync_file_range2"});
}

#ifdef __x86_64__
TEST(SeccompTable, HasTheNumbersOfX86) {
  compare("/usr/include/x86_64-linux-gnu/asm/unistd_64.h", 0, 350);
  compare("/usr/include/x86_64-linux-gnu/asm/unistd_32.h", 1, 430);
}
#endif

TEST(SeccompTable, HasTheNumbersOfArm) {
  const char* path = "/usr/arm-linux-gnueabihf/include/asm/unistd-eabi.h";
  if (!std::ifstream(path)) GTEST_SKIP() << "no kernel headers for 32-bit ARM here";
  compare(path, 3, 380);
}

TEST(SeccompTable, HasTheNumbersOfThisBuild) {
  const auto number = [](const char* name) { return number_of(find_call(name).value_or(0), 0); };
  EXPECT_EQ(number("read"), SYS_read);
  EXPECT_EQ(number("execve"), SYS_execve);
  EXPECT_EQ(number("mount"), SYS_mount);
  EXPECT_EQ(number("seccomp"), SYS_seccomp);
  EXPECT_EQ(number("clone3"), SYS_clone3);
  EXPECT_EQ(number("exit_group"), SYS_exit_group);
#ifdef __aarch64__
  EXPECT_EQ(number("newfstatat"), SYS_newfstatat);
#endif
}

// From Linux 5.1 on, a new call has one number everywhere.
TEST(SeccompTable, HasOneNumberForNewCalls) {
  for (const auto& [name, numbers] : rows) {
    for (const unsigned number : numbers) {
      if (number < 424 || number == absent || number >= private_code) continue;
      for (const unsigned other : numbers) {
        EXPECT_TRUE(other == absent || other == number) << name;
      }
    }
  }
  EXPECT_EQ(rows.at("breakpoint")[3], 0xf001U);
  EXPECT_EQ(rows.at("set_tls")[3], 0xf005U);
  EXPECT_EQ(rows.at("mount")[2], 40U);
  EXPECT_EQ(rows.at("newfstatat")[2], 79U);
  EXPECT_EQ(rows.at("openat")[2], 56U);
  EXPECT_EQ(rows.at("execve")[2], 221U);
}

}  // namespace
}  // namespace microctr::seccomp

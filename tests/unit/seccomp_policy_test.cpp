#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "launcher/seccomp/compile.h"
#include "launcher/seccomp/describe.h"
#include "launcher/seccomp/read_tests.h"

namespace microctr::seccomp {
namespace {

std::string messages(const std::string& text) {
  Policy policy;
  Diagnostics diagnostics;
  const bool read = read_policy("a.policy", text, policy, diagnostics);
  EXPECT_EQ(read, diagnostics.empty());
  std::string all;
  for (const Diagnostic& diagnostic : diagnostics.list()) {
    TextBuffer<1024> line;
    format_diagnostic(diagnostic, line);
    all += std::string(line.view()) + "\n";
  }
  return all;
}

// The rules as they were understood, one on a line.
std::string rules(const std::string& text) {
  EXPECT_EQ(messages(text), "");
  Policy policy;
  Diagnostics diagnostics;
  EXPECT_TRUE(read_policy("a.policy", text, policy, diagnostics));
  TextBuffer<4096> out;
  for (const Rule& rule : policy.rules) {
    add_action(out, rule.action);
    out.add(" ", call_name(rule.call));
    for (std::size_t test = 0; test < rule.test_count; ++test) {
      out.add(test == 0 ? " if " : " and ");
      add_test(out, policy.tests[rule.first_test + test]);
    }
    out.add("\n");
  }
  if (policy.base == Base::none) {
    out.add("default ");
    add_action(out, policy.fallback);
    out.add("\n");
  }
  return std::string(out.view());
}

TEST(SeccompPolicy, IsRead) {
  EXPECT_EQ(rules(""), "");
  EXPECT_EQ(rules("# nothing\n\nbase = standard\n"), "");
  EXPECT_EQ(rules("base = none"), "default errno:EPERM\n");
  EXPECT_EQ(rules("default = log\nbase=none\n"), "default log\n");
  EXPECT_EQ(rules("base = none\ndefault = errno:ENOSYS\n"), "default errno:ENOSYS\n");
  EXPECT_EQ(rules("allow = keyctl, add_key\n"), "allow keyctl\nallow add_key\n");
  EXPECT_EQ(rules("allow = keyctl add_key,request_key\r\n"), "allow keyctl\nallow add_key\nallow request_key\n");
  EXPECT_EQ(rules("errno = read\nerrno:ENOSYS = write\nerrno:17=open\nerrno:133 = close\nerrno:EAFNOSUPPORT=socket\n"),
            "errno:EPERM read\nerrno:ENOSYS write\nerrno:EEXIST open\nerrno:133 close\nerrno:EAFNOSUPPORT socket\n");
  EXPECT_EQ(rules("log = mount\nkill = ptrace\ntrap = reboot\n"), "log mount\nkill ptrace\ntrap reboot\n");
  EXPECT_EQ(rules("log = cacheflush, arch_prctl\n"), "log cacheflush\nlog arch_prctl\n");  // of either architecture
}

TEST(SeccompPolicy, HasTests) {
  EXPECT_EQ(rules("allow = socket if arg0 == 40 and arg1 & 0xf == 1\n"),
            "allow socket if arg0 == 0x28 and arg1 & 0xf == 1\n");
  EXPECT_EQ(rules("allow=ioctl,read if arg5:32!=0x10 and arg4<2 and arg3<=0 and arg2>9 and arg1>=10\n"),
            "allow ioctl if arg5:32 != 0x10 and arg4 < 2 and arg3 <= 0 and arg2 > 9 and arg1 >= 0xa\n"
            "allow read if arg5:32 != 0x10 and arg4 < 2 and arg3 <= 0 and arg2 > 9 and arg1 >= 0xa\n");
  EXPECT_EQ(rules("kill = read if arg0 == 0xFfffffffffffffff\nkill = read if arg0 != 18446744073709551615\n"
                  "kill = read if arg0 == 0x123456789abcdef0\n"),
            "kill read if arg0 == 0xffffffffffffffff\nkill read if arg0 != 0xffffffffffffffff\n"
            "kill read if arg0 == 0x123456789abcdef0\n");
}

TEST(SeccompPolicy, PlacesItsFaults) {
  EXPECT_EQ(messages("allow = mkdirr\n"), "a.policy:1:9: there is no system call 'mkdirr' (did you mean 'mkdir'?)\n");
  EXPECT_EQ(messages("# x\n  allow =  read, zebrafish\n"), "a.policy:2:18: there is no system call 'zebrafish'\n");
  EXPECT_EQ(messages("alow = read\n"), "a.policy:1:1: 'alow' is not known (did you mean 'allow'?)\n");
  EXPECT_EQ(messages("refuse = read\n"),
            "a.policy:1:1: 'refuse' is not known (known: base default allow log trap kill errno)\n");
  EXPECT_EQ(messages("kill:1 = read\n"), "a.policy:1:1: 'kill:1' is not known (did you mean 'kill'?)\n");
  EXPECT_EQ(messages("errno:ENOSY = read\n"), "a.policy:1:7: 'ENOSY' is not an error (did you mean 'ENOSYS'?)\n");
  for (const char* number : {"0", "4096", "01", "zebra", "-1", "", "99999999999999999999"}) {
    EXPECT_EQ(messages("errno:" + std::string(number) + " = read\n"),
              "a.policy:1:7: '" + std::string(number) +
                  "' is not an error (write a name such as EPERM, or a number from 1 to 4095)\n");
  }
  EXPECT_EQ(messages("allow =\n"), "a.policy:1:8: no system call is named (write allow = NAME)\n");
  EXPECT_EQ(messages("allow = if arg0 == 1\n"), "a.policy:1:9: no system call is named (write allow = NAME)\n");
  EXPECT_EQ(messages("allow = , ,\n"), "a.policy:1:9: no system call is named (write allow = NAME)\n");
  EXPECT_EQ(messages("allow = read == 1\n"),
            "a.policy:1:14: '==' is where a system call should be (write allow = NAME if arg0 == 1)\n");
  EXPECT_EQ(messages("allow = read \xc3\xbc\n"),
            "a.policy:1:14: '\xc3\xbc' is where a system call should be (write allow = NAME if arg0 == 1)\n");
  EXPECT_EQ(messages("allow read\n"), "a.policy:1:1: no '=' in the line (write key = value)\n");
  EXPECT_EQ(messages("allow read if arg0 == 1\n"),
            "a.policy:1:1: no '=' after 'allow' (write allow = NAME if arg0 == 1)\n");
  EXPECT_EQ(messages("allow = re\x01"
                     "ad\n")
                .substr(0, 14),
            "a.policy:1:11:");
}

TEST(SeccompPolicy, PlacesTheFaultsOfTests) {
  const auto fault = [](const std::string& test) { return messages("allow = read if " + test + "\n").substr(9); };
  EXPECT_EQ(fault("arg6 == 1"), "1:17: 'arg6' is not an argument (there are arg0 to arg5, and arg0:32 for an int)\n");
  for (const char* name : {"arg", "arg10", "arg0:64", "argx", "x", "0", "arg-1", "arg0:"}) {
    EXPECT_EQ(fault(std::string(name) + " == 1").substr(0, 6), "1:17: ") << name;
  }
  EXPECT_EQ(fault(""), "1:16: a test is missing (write if arg0 == 1)\n");
  EXPECT_EQ(fault("arg0 == 1 and"), "1:30: a test is missing (write if arg0 == 1)\n");
  EXPECT_EQ(fault("arg0 = 1"), "1:22: '=' does not compare (did you mean '=='?)\n");
  EXPECT_EQ(fault("arg0 =! 1"), "1:22: '=!' is not a comparison (known: == != < <= > >=)\n");
  EXPECT_EQ(fault("arg0"), "1:21: '' is not a comparison (known: == != < <= > >=)\n");
  for (const char* value : {"x", "0x", "1x", "-1", "18446744073709551616", "0x10000000000000000", ""}) {
    EXPECT_EQ(fault("arg0 == " + std::string(value)).substr(0, 3), "1:2") << value;
  }
  EXPECT_EQ(fault("arg0 == 1x"), "1:25: '1x' is not a value (write a decimal number, or 0x...; at most 64 bits)\n");
  EXPECT_EQ(fault("arg0 == 0755"),
            "1:25: '0755' begins with 0 (there are no octal numbers here: write decimal, or 0x...)\n");
  EXPECT_EQ(fault("arg0:32 == 0x100000000"),
            "1:28: '0x100000000' needs more than 32 bits (leave out :32 to compare all 64)\n");
  EXPECT_EQ(fault("arg0 & 0xf == 16"), "1:31: '16' has bits that its mask has not (it would never be equal)\n");
  EXPECT_EQ(fault("arg0 & 0xf > 1"), "1:28: '>' cannot follow a mask (write == or !=)\n");
  EXPECT_EQ(fault("arg0 == 1 or arg0 == 2"),
            "1:27: there is no 'or' (write a second line: the first rule that fits wins)\n");
  EXPECT_EQ(fault("arg0 == 1, arg1 == 2"), "1:26: ',' cannot follow a test (write and, or end the line)\n");
}

TEST(SeccompPolicy, RefusesContradictions) {
  EXPECT_EQ(
      messages("default = allow\n"),
      "a.policy:1:1: 'default' contradicts base = standard, which decides all calls (write base = none as well)\n");
  EXPECT_EQ(messages("base = none\nbase = standard\n"),
            "a.policy:2:1: 'base' is given twice (first in line 1; keep one)\n");
  EXPECT_EQ(messages("base = none\n\ndefault = log\ndefault = log\n"),
            "a.policy:4:1: 'default' is given twice (first in line 3; keep one)\n");
  EXPECT_EQ(messages("base = docker\n"), "a.policy:1:8: 'docker' is not known (known: standard none)\n");
  EXPECT_EQ(messages("base = none\ndefault = deny\n"),
            "a.policy:2:11: 'deny' is not known (known: allow log trap kill errno)\n");
  EXPECT_EQ(messages("allow = read\nkill = write, read if arg0 == 1\n"),
            "a.policy:2:15: 'read' is decided in line 1 already (the first rule that fits wins; remove one)\n");
  EXPECT_EQ(messages("allow = read if arg0 == 1\nkill = read\n"), "");
}

TEST(SeccompPolicy, HasLimits) {
  std::string line = "allow =";
  for (int name = 0; name < 256; ++name) line += " read";
  line += " if arg0 == 1\n";
  EXPECT_EQ(messages(line + line + line + line), "");
  EXPECT_EQ(messages(line + line + line + line + "allow = read read if arg0 == 2\n"),
            "a.policy:5:9: too many rules (limit 1024)\n");
  std::string tests;
  for (int test = 0; test < 256; ++test) tests += "allow = read if arg0 == 1\n";
  EXPECT_EQ(messages(tests), "");
  EXPECT_EQ(messages(tests + "allow = read if arg0 == 1\n"),
            "a.policy:257:16: too many tests of arguments (limit 256)\n");
  EXPECT_EQ(messages(std::string(limits::policy_text, '\n')), "");
  EXPECT_EQ(messages(std::string(limits::policy_text + 1, '\n')),
            "a.policy: the policy is too large (limit 32768 bytes)\n");
}

std::string words(const std::string& text, const PolicyContext& context) {
  Policy policy;
  Diagnostics diagnostics;
  EXPECT_TRUE(read_policy("a.policy", text, policy, diagnostics));
  Description description(policy, context);
  std::string all;
  TextBuffer<512> line;
  while (description.next(line)) {
    EXPECT_FALSE(line.overflowed());
    EXPECT_FALSE(line.view().empty());
    all += std::string(line.view()) + "\n";
    line.clear();
  }
  return all;
}

bool has(const std::string& text, const std::string& part) {
  return ("\n" + text).find("\n" + part) != std::string::npos;
}

TEST(SeccompPolicy, IsDescribed) {
  const std::string standard = words("", {std::uint64_t{1} << 18, {6, 1}, false});
  EXPECT_TRUE(has(standard, "system calls of " + std::string(abis[0].name) + ": ")) << standard;
  EXPECT_TRUE(has(standard, "open (SYS_CHROOT or nesting): chroot\n")) << standard;
  EXPECT_TRUE(has(standard, "closed (needs SYS_ADMIN or nesting): fsconfig, fsmount, ")) << standard;
  EXPECT_TRUE(has(standard, "closed (needs nesting): pivot_root\n")) << standard;
  EXPECT_TRUE(has(standard, "open (SYS_PTRACE or Linux 4.8): process_vm_readv, process_vm_writev, ptrace\n"))
      << standard;
  EXPECT_TRUE(has(standard, "closed (needs SYS_ADMIN or SYSLOG): syslog\n")) << standard;
  EXPECT_TRUE(has(standard, "ioctl: allowed, but TIOCSTI")) << standard;
  EXPECT_TRUE(has(standard, "clone: only without new namespaces")) << standard;
  EXPECT_TRUE(has(standard, "numbers without a call, and those of calls after Linux 6.18: ENOSYS\n")) << standard;
  EXPECT_TRUE(has(standard, "other architectures, x32 too: the process is killed\n")) << standard;
  EXPECT_FALSE(has(standard, "all others")) << standard;

  const std::string nested = words("", {0, {6, 1}, true});
  EXPECT_FALSE(has(nested, "clone: only")) << nested;
  EXPECT_FALSE(has(nested, "clone3")) << nested;
  EXPECT_TRUE(has(nested, "personality: ")) << nested;

  const std::string own = words("allow = keyctl, add_key if arg0 == 3\nlog = mount\n", {});
  EXPECT_TRUE(
      has(own, "allow: keyctl, add_key if arg0 == 3\nlog: mount\nall others as the standard policy has them:\n"))
      << own;

  const std::string none = words("base = none\ndefault = kill\nallow = execve exit_group\n", {});
  EXPECT_TRUE(has(none, "allow: execve, exit_group\nall others: kill\nother architectures, x32 too: ")) << none;
  EXPECT_FALSE(has(none, "open")) << none;
  EXPECT_FALSE(has(none, "numbers")) << none;
}

}  // namespace
}  // namespace microctr::seccomp

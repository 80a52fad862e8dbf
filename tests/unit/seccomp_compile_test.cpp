#include <gtest/gtest.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/socket.h>

#include <memory>
#include <random>
#include <string>
#include <vector>

#include "launcher/spec/capability.h"
#include "tests/unit/plain.h"
#include "tests/unit/seccomp_machine.h"

namespace microctr::seccomp {
namespace {

constexpr PolicyContext plain_container = {0, {6, 1}, false};
constexpr std::uint64_t bit(unsigned capability) { return std::uint64_t{1} << capability; }

// A policy with its program.
struct Compiled {
  Policy policy;
  PolicyContext context;
  Program program;

  explicit Compiled(const std::string& text = "", const PolicyContext& for_context = plain_container)
      : context(for_context) {
    Diagnostics diagnostics;
    EXPECT_TRUE(read_policy("a.policy", text, policy, diagnostics)) << text;
    const auto compiled = compile(policy, context, program);
    EXPECT_TRUE(compiled) << (compiled ? "" : plain(compiled.error().what));
    EXPECT_TRUE(is_valid(program.view()));
  }

  Answer answer(std::uint32_t architecture, std::uint32_t number, std::vector<std::uint64_t> arguments = {}) const {
    seccomp_data data = {};
    data.nr = static_cast<int>(number);
    data.arch = architecture;
    for (std::size_t at = 0; at < arguments.size(); ++at) data.args[at] = arguments[at];
    return run(program.view(), data);
  }

  Action operator()(const char* name, std::vector<std::uint64_t> arguments = {}, std::size_t abi = 0) const {
    const auto call = find_call(name);
    EXPECT_TRUE(call) << name;
    const auto number = number_of(call.value_or(0), abi);
    EXPECT_TRUE(number) << name;
    return answer(abis[abi].architecture, number.value_or(0), std::move(arguments)).action;
  }

  // Every number that can differ, with these arguments, against the policy itself. The most instructions that were run.
  unsigned compare(const std::vector<std::uint64_t>& arguments) const {
    std::vector<std::uint32_t> architectures = {0,
                                                AUDIT_ARCH_X86_64,
                                                AUDIT_ARCH_I386,
                                                AUDIT_ARCH_AARCH64,
                                                AUDIT_ARCH_ARM,
                                                AUDIT_ARCH_ARMEB,
                                                AUDIT_ARCH_RISCV64,
                                                UINT32_MAX};
    std::vector<std::uint32_t> numbers = {0x3fff'ffff, 0x7fff'ffff, 0x8000'0000, 0xbfff'ffff, 0xffff'fffe, 0xffff'ffff};
    for (std::uint32_t number = 0; number <= 600; ++number) numbers.push_back(number);
    for (std::uint32_t number = 0; number <= 600; number += 59) numbers.push_back(0x4000'0000 + number);
    for (std::uint32_t number = 0; number <= 16; ++number) numbers.push_back(0x0f'0000 - 2 + number);
    unsigned most = 0;
    for (const std::uint32_t architecture : architectures) {
      for (const std::uint32_t number : numbers) {
        seccomp_data data = {};
        data.nr = static_cast<int>(number);
        data.arch = architecture;
        for (std::size_t at = 0; at < arguments.size(); ++at) data.args[at] = arguments[at];
        const Answer got = run(program.view(), data);
        EXPECT_EQ(got.action, evaluate(policy, context, data)) << std::hex << architecture << " " << number;
        if (got.steps > most) most = got.steps;
      }
    }
    return most;
  }
};

TEST(SeccompCompile, DoesWhatTheStandardPolicySays) {
  const Compiled standard;
  unsigned most = 0;
  for (const std::uint64_t first : {0ULL, 1ULL, 8ULL, 12ULL, 38ULL, 40ULL, 46ULL, 0x10000000ULL, 0x20008ULL,
                                    0xffffffffULL, 0x100000028ULL, ~0ULL}) {
    for (const std::uint64_t second : {0ULL, 0x5412ULL, 0x541cULL, 0xff00005412ULL, 0x5413ULL}) {
      most = std::max(most, standard.compare({first, second}));
    }
  }
  EXPECT_LE(most, 24U);
  EXPECT_LE(standard.program.size(), 400U);
  RecordProperty("longest", static_cast<int>(most));
  RecordProperty("instructions", static_cast<int>(standard.program.size()));
}

TEST(SeccompCompile, DoesWhatEachCapabilitySays) {
  for (unsigned capability = 0; capability < capability_count; ++capability) {
    const Compiled standard("", {bit(capability), {6, 1}, false});
    standard.compare({0, 0});
    standard.compare({CLONE_NEWUSER, 0x5412});
  }
  Compiled("", {0, {4, 7}, false}).compare({});
  Compiled("", {0, {6, 1}, true}).compare({CLONE_NEWUSER});
  Compiled("", {all_capabilities, {6, 1}, true}).compare({CLONE_NEWUSER});
}

TEST(SeccompCompile, AllowsWhatProgramsNeed) {
  const Compiled standard;
  for (const char* name : {"mkdirat",
                           "read",
                           "write",
                           "openat",
                           "execve",
                           "execveat",
                           "prctl",
                           "capset",
                           "capget",
                           "setresuid",
                           "setresgid",
                           "setgroups",
                           "sendto",
                           "recvfrom",
                           "close",
                           "close_range",
                           "umask",
                           "chdir",
                           "fchdir",
                           "getcwd",
                           "exit",
                           "exit_group",
                           "rt_sigaction",
                           "rt_sigprocmask",
                           "rt_sigreturn",
                           "fcntl",
                           "faccessat",
                           "faccessat2",
                           "getrandom",
                           "futex",
                           "clone",
                           "wait4",
                           "seccomp",
                           "fchmodat2",
                           "mseal",
                           "getxattrat",
                           "memfd_create",
                           "ptrace",
                           "statmount",
                           "mknodat",
                           "landlock_create_ruleset"}) {
    EXPECT_EQ(standard(name), Action::allow) << name;
  }
#ifdef __x86_64__
  for (const char* name : {"mkdir", "access", "open", "fork", "vfork", "arch_prctl", "modify_ldt", "uretprobe"}) {
    EXPECT_EQ(standard(name), Action::allow) << name;
  }
  for (const char* name : {"mkdir", "access", "waitpid", "socketcall", "ipc", "set_thread_area", "clock_gettime64",
                           "setresuid32", "setresgid32", "setgroups32", "_llseek", "mmap2", "fcntl64", "exit_group"}) {
    EXPECT_EQ(standard(name, {}, 1), Action::allow) << name;
  }
#endif
#ifndef __x86_64__
  for (const char* name : {"arm_fadvise64_64", "sync_file_range2", "breakpoint", "cacheflush", "set_tls", "send"}) {
    EXPECT_EQ(standard(name, {}, abi_count - 1), Action::allow) << name;
  }
#endif
}

TEST(SeccompCompile, RefusesWhatContainersDoNotNeed) {
  const Compiled standard;
  for (std::size_t abi = 0; abi < abi_count; ++abi) {
    for (const char* name : {"mount",
                             "umount2",
                             "pivot_root",
                             "open_tree",
                             "move_mount",
                             "fsopen",
                             "fsmount",
                             "fsconfig",
                             "fspick",
                             "mount_setattr",
                             "unshare",
                             "setns",
                             "io_uring_setup",
                             "io_uring_enter",
                             "io_uring_register",
                             "keyctl",
                             "add_key",
                             "request_key",
                             "userfaultfd",
                             "bpf",
                             "perf_event_open",
                             "kexec_load",
                             "init_module",
                             "finit_module",
                             "delete_module",
                             "reboot",
                             "swapon",
                             "swapoff",
                             "open_by_handle_at",
                             "acct",
                             "settimeofday",
                             "clock_settime",
                             "syslog",
                             "sethostname",
                             "setdomainname",
                             "chroot",
                             "quotactl",
                             "kcmp",
                             "pidfd_getfd",
                             "mbind",
                             "move_pages",
                             "vhangup",
                             "nfsservctl",
                             "fanotify_init",
                             "open_tree_attr"}) {
      const auto call = find_call(name);
      ASSERT_TRUE(call) << name;
      const auto number = number_of(*call, abi);
      if (!number) continue;  // kexec_load is there on all but nfsservctl and others are not
      EXPECT_EQ(standard(name, {}, abi), Action::not_permitted) << name;
    }
    EXPECT_EQ(standard("clone3", {}, abi), Action::not_there);
    EXPECT_EQ(standard("file_setattr", {}, abi), Action::not_there);
  }
}

TEST(SeccompCompile, OpensByCapability) {
  const auto opens = [](unsigned capability, std::vector<const char*> names) {
    const Compiled with("", {bit(capability), {4, 0}, false});
    const Compiled without("", {all_capabilities & ~bit(capability) & ~bit(CAP_SYS_ADMIN), {4, 0}, false});
    for (const char* name : names) {
      EXPECT_EQ(with(name), Action::allow) << name;
      EXPECT_NE(without(name), Action::allow) << name;
    }
  };
  opens(CAP_SYS_ADMIN, {"mount", "umount2", "unshare", "setns", "clone3", "fsopen", "mount_setattr", "quotactl"});
  opens(CAP_DAC_READ_SEARCH, {"open_by_handle_at"});
  opens(CAP_SYS_BOOT, {"reboot"});
  opens(CAP_SYS_CHROOT, {"chroot"});
  opens(CAP_SYS_MODULE, {"init_module", "finit_module", "delete_module"});
  opens(CAP_SYS_PACCT, {"acct"});
  opens(CAP_SYS_PTRACE, {"kcmp", "pidfd_getfd", "process_madvise", "ptrace", "process_vm_readv"});
  opens(CAP_SYS_TIME, {"settimeofday", "clock_settime"});
  opens(CAP_SYS_TTY_CONFIG, {"vhangup"});
  opens(CAP_SYS_NICE, {"mbind", "set_mempolicy", "get_mempolicy", "set_mempolicy_home_node"});
  opens(CAP_SYSLOG, {"syslog"});
  opens(CAP_BPF, {"bpf"});
  opens(CAP_PERFMON, {"perf_event_open"});
#ifdef __x86_64__
  opens(CAP_SYS_RAWIO, {"iopl", "ioperm"});
#endif
  const Compiled admin("", {bit(CAP_SYS_ADMIN), {6, 1}, false});
  for (const char* name : {"syslog", "bpf", "perf_event_open"}) EXPECT_EQ(admin(name), Action::allow) << name;
  for (const char* name : {"pivot_root", "keyctl", "io_uring_setup", "kexec_load", "reboot"}) {
    EXPECT_EQ(admin(name), Action::not_permitted) << name;
  }
  EXPECT_EQ(admin("ioctl", {0, 0x5412}), Action::not_permitted);
}

TEST(SeccompCompile, OpensForNesting) {
  const Compiled nested("", {0, {6, 1}, true});
  for (const char* name :
       {"mount", "umount2", "pivot_root", "unshare", "setns", "clone3", "sethostname", "fsmount", "setdomainname",
        "open_tree", "move_mount", "fsopen", "mount_setattr", "seccomp", "chroot"}) {
    EXPECT_EQ(nested(name), Action::allow) << name;
  }
  EXPECT_EQ(nested("clone", {CLONE_NEWUSER | CLONE_NEWNS}), Action::allow);
  for (const char* name : {"bpf", "keyctl", "reboot", "quotactl", "syslog", "init_module"}) {
    EXPECT_EQ(nested(name), Action::not_permitted) << name;
  }
}

TEST(SeccompCompile, TestsArguments) {
  const Compiled standard;
  const std::uint64_t garbage = 0xdead'beef'0000'0000;
  for (const std::uint64_t high : {std::uint64_t{0}, garbage, std::uint64_t{1} << 32}) {
    EXPECT_EQ(standard("ioctl", {0, high | 0x5412}), Action::not_permitted);
    EXPECT_EQ(standard("ioctl", {0, high | 0x541c}), Action::not_permitted);
    EXPECT_EQ(standard("ioctl", {0, high | 0x5413}), Action::allow);
    EXPECT_EQ(standard("socket", {high | AF_VSOCK}), Action::not_permitted);
    EXPECT_EQ(standard("socket", {high | AF_ALG}), Action::not_permitted);
    EXPECT_EQ(standard("clone", {high | CLONE_NEWUSER}), Action::not_permitted);
    EXPECT_EQ(standard("personality", {high | 0x0040'0000}), Action::not_permitted);
  }
  for (const std::uint64_t flag :
       {CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC, CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET, CLONE_NEWCGROUP}) {
    EXPECT_EQ(standard("clone", {flag | 17}), Action::not_permitted);
  }
  EXPECT_EQ(standard("clone", {CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD}), Action::allow);
  for (const std::uint64_t family : {AF_UNIX, AF_INET, AF_INET6, AF_NETLINK, AF_PACKET, AF_CAN, AF_BLUETOOTH, AF_XDP}) {
    EXPECT_EQ(standard("socket", {family}), Action::allow) << family;
  }
  for (const std::uint64_t family : {12, 19, 20, 23, 25, 34, 37, 46, 1000}) {
    EXPECT_EQ(standard("socket", {family}), Action::not_permitted) << family;
  }
  for (const std::uint64_t value : {0x0ULL, 0x8ULL, 0x20000ULL, 0x20008ULL, 0xffffffffULL}) {
    EXPECT_EQ(standard("personality", {value}), Action::allow);
  }
}

TEST(SeccompCompile, KnowsEachAbi) {
  const Compiled standard;
#ifdef __x86_64__
  EXPECT_EQ(standard.answer(AUDIT_ARCH_X86_64, 21).action, Action::allow);           // access
  EXPECT_EQ(standard.answer(AUDIT_ARCH_I386, 21).action, Action::not_permitted);     // mount
  EXPECT_EQ(standard.answer(AUDIT_ARCH_X86_64, 165).action, Action::not_permitted);  // mount
  for (const std::uint32_t number : {0U, 1U, 59U, 520U, 0x3fff'fffeU}) {
    EXPECT_EQ(standard.answer(AUDIT_ARCH_X86_64, 0x4000'0000 + number).action, Action::kill);
  }
  EXPECT_EQ(standard.answer(AUDIT_ARCH_X86_64, UINT32_MAX).action, Action::not_there);
  EXPECT_EQ(standard.answer(AUDIT_ARCH_AARCH64, 63).action, Action::kill);
  EXPECT_EQ(standard.answer(AUDIT_ARCH_X86_64, 400).action, Action::not_there);  // a gap
#endif
#ifdef __aarch64__
  EXPECT_EQ(standard.answer(AUDIT_ARCH_AARCH64, 40).action, Action::not_permitted);  // mount
  EXPECT_EQ(standard.answer(AUDIT_ARCH_ARM, 40).action, Action::allow);              // rmdir
#endif
  for (const Abi& abi : abis) {
    EXPECT_EQ(standard.answer(abi.architecture, number_end).action, Action::not_there);
    EXPECT_EQ(standard.answer(abi.architecture, 5000).action, Action::not_there);
  }
  for (const std::uint32_t architecture :
       {std::uint32_t{0}, std::uint32_t{AUDIT_ARCH_ARMEB}, std::uint32_t{AUDIT_ARCH_RISCV64}, UINT32_MAX}) {
    for (std::uint32_t number = 0; number < 600; ++number) {
      EXPECT_EQ(standard.answer(architecture, number).action, Action::kill);
    }
  }
}

TEST(SeccompCompile, TriesOwnRulesFirst) {
  const Compiled own(
      "allow = keyctl\n"
      "errno:ENOSYS = io_uring_setup, mkdirat\n"
      "kill = ptrace\n"
      "allow = socket if arg0:32 == 40\n"
      "trap = ioctl if arg1:32 == 0x5413\n"
      "log = unshare\n");
  EXPECT_EQ(own("keyctl"), Action::allow);
  EXPECT_EQ(own("io_uring_setup"), Action::not_there);
  EXPECT_EQ(own("mkdirat"), Action::not_there);
  EXPECT_EQ(own("ptrace"), Action::kill);
  EXPECT_EQ(own("socket", {40}), Action::allow);
  EXPECT_EQ(own("socket", {38}), Action::not_permitted);
  EXPECT_EQ(own("ioctl", {0, 0x5413}), Action::trap);
  EXPECT_EQ(own("ioctl", {0, 0x5412}), Action::not_permitted);
  EXPECT_EQ(own("ioctl", {0, 0x5414}), Action::allow);
  EXPECT_EQ(own("unshare"), Action::log);
  own.compare({40, 0x5413});
  own.compare({38, 0x5412});
}

TEST(SeccompCompile, ComparesAllBits) {
  const std::uint64_t value = 0x1234'5678'9abc'def0;
  for (const char* sign : {"==", "!=", "<", "<=", ">", ">="}) {
    const Compiled own("base = none\nallow = execve exit_group\nallow = read if arg3 " + std::string(sign) +
                       " 0x123456789abcdef0\nlog = write if arg3:32 " + std::string(sign) + " 0x9abcdef0\n" +
                       "trap = openat if arg5 " + std::string(sign) + " 7\n");
    for (const std::uint64_t base : {value, std::uint64_t{0}, ~std::uint64_t{0}, std::uint64_t{7}}) {
      for (const std::uint64_t change :
           {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{1} << 32, std::uint64_t{1} << 63}) {
        own.compare({0, 0, 0, base + change, 0, base + change});
        own.compare({0, 0, 0, base - change, 0, base - change});
      }
    }
  }
  const Compiled masked(
      "allow = socket if arg1 & 0xf == 1 and arg0 == 40\n"
      "allow = read if arg0 & 0xff00000000000000 == 0x1200000000000000\n"
      "allow = write if arg0 & 0xf0000000f != 0x100000001\n");
  EXPECT_EQ(masked("socket", {40, 0x801}), Action::allow);
  EXPECT_EQ(masked("socket", {40, 0x802}), Action::not_permitted);
  for (const std::uint64_t argument : {0x1234'0000'0000'0000ULL, 0x1334'0000'0000'0000ULL, 0x1'0000'0001ULL,
                                       0x2'0000'0001ULL, 0x1'0000'0002ULL, 0xff1'ffff'ff01ULL}) {
    masked.compare({argument, argument});
  }
}

TEST(SeccompCompile, HasADefault) {
  const std::string rest = "\nallow = execve exit_group read\n";
  const Compiled refusing("base = none\ndefault = errno:EACCES" + rest);
  EXPECT_EQ(refusing("write"), refuse_with(EACCES));
  EXPECT_EQ(refusing("read"), Action::allow);
  EXPECT_EQ(refusing.answer(abis[0].architecture, 5000).action, Action::not_there);
  for (const auto& [name, action] : {std::pair{"allow", Action::allow}, std::pair{"log", Action::log},
                                     std::pair{"trap", Action::trap}, std::pair{"kill", Action::kill}}) {
    const Compiled other("base = none\ndefault = " + std::string(name) + rest);
    EXPECT_EQ(other("write"), action);
    EXPECT_EQ(other.answer(abis[0].architecture, 5000).action, action);
    EXPECT_EQ(other.answer(0, 0).action, Action::kill);
    other.compare({});
  }
}

// Every second call has an answer of its own: jumps over more than 255 instructions.
TEST(SeccompCompile, JumpsFar) {
  std::string text = "base = none\ndefault = trap\n";
  for (Call call = 0; call < call_count; ++call) {
    const std::string name(call_name(call));
    const bool needed = name == "execve" || name == "exit_group";
    const std::string action = needed ? "allow" : call % 3 == 0 ? "log" : "errno:" + std::to_string(call + 1);
    text += action + " = " + name + (call % 7 == 0 ? " if arg0 == 1 and arg1 > 0x100000000 and arg5 & 3 == 2\n" : "\n");
  }
  const Compiled own(text);
  EXPECT_GT(own.program.size(), 1000U);
  own.compare({});
  own.compare({1, 0x200000000, 0, 0, 0, 6});
  own.compare({1, 0x200000000, 0, 0, 0, 7});
}

TEST(SeccompCompile, KeepsFirstRules) {
  const Compiled own(
      "base = none\nallow = execve exit_group\n"
      "errno:1 = read if arg0:32 == 1\nerrno:2 = read if arg0:32 == 2\nerrno:3 = read if arg0:32 & 4 == 4\n"
      "errno:4 = read if arg0:32 == 3\nerrno:5 = read if arg1:32 == 3\nerrno:6 = read if arg0:32 == 8\n"
      "errno:7 = read if arg0 == 0x100000009\nerrno:8 = read if arg0:32 == 9\nallow = read\n");
  for (std::uint64_t first = 0; first < 12; ++first) {
    for (const std::uint64_t high : {0ULL, 0x1'0000'0000ULL}) {
      own.compare({first | high, 3});
      own.compare({first | high, 4});
    }
  }
}

TEST(SeccompCompile, MatchesThePolicyForAnyRules) {
  std::mt19937_64 random(4);
  for (int round = 0; round < 24; ++round) {
    std::string text = random() % 2 == 0 ? "base = none\ndefault = trap\nallow = execve exit_group\n" : "";
    std::vector<std::string> names;
    for (int name = 0; name < 8; ++name) names.emplace_back(call_name(static_cast<Call>(random() % call_count)));
    for (int line = 0; line < 20; ++line) {
      const char* actions[] = {"allow", "log", "kill", "errno:5", "errno:6"};
      text += std::string(actions[random() % 5]) + " = " + names[random() % names.size()] + " if ";
      for (auto tests = random() % 3 + 1; tests > 0; --tests) {
        const char* signs[] = {"==", "!=", "<", "<=", ">", ">="};
        text += "arg" + std::to_string(random() % 2) + (random() % 2 == 0 ? ":32" : "");
        const auto value = random() % 3;
        if (random() % 3 == 0) {
          text += " & 3 " + std::string(signs[random() % 2]) + " " + std::to_string(value);
        } else {
          text += " " + std::string(signs[random() % 6]) + " " + std::to_string(value);
        }
        if (tests > 1) text += " and ";
      }
      text += "\n";
    }
    if (text.find("exit_group if") != std::string::npos || text.find("execve if") != std::string::npos) continue;
    const Compiled own(text);
    for (int values = 0; values < 4; ++values) {
      own.compare({random() % 4 | random() % 2 << 32, random() % 4 | random() % 2 << 32});
    }
  }
}

std::string error_of(const std::string& text, const PolicyContext& context = plain_container) {
  const auto policy = std::make_unique<Policy>();
  const auto program = std::make_unique<Program>();
  Diagnostics diagnostics;
  EXPECT_TRUE(read_policy("a.policy", text, *policy, diagnostics));
  const auto compiled = compile(*policy, context, *program);
  if (compiled) return "";
  const Error& error = compiled.error();
  EXPECT_FALSE(error.hint.empty());
  return std::to_string(error.code) + " " + plain(error.what) + " " + std::string(error.subject.view());
}

TEST(SeccompCompile, RefusesAPolicyThatCannotStart) {
  EXPECT_EQ(error_of("errno = execve\n"), "1 the system call policy refuses execve");
  EXPECT_EQ(error_of("kill = execve if arg0 == 0\nerrno = execve\n"), "1 the system call policy refuses execve");
  EXPECT_EQ(error_of("base = none\nallow = execve\n"), "1 the system call policy refuses exit_group");
  EXPECT_EQ(error_of("base = none\ndefault = kill\nallow = exit_group\n"), "1 the system call policy refuses execve");
  EXPECT_EQ(error_of("base = none\nallow = exit_group\nallow = execve if arg0 > 1\n"), "");
  EXPECT_EQ(error_of("base = none\ndefault = log\n"), "");
  EXPECT_EQ(error_of("log = execve\n"), "");
}

// How the command is executed, and what comes after the filter, decide what else is needed.
TEST(SeccompCompile, RefusesAPolicyThatCannotStartInThisWay) {
  PolicyContext sealed = plain_container;
  sealed.sealed = true;
  EXPECT_EQ(error_of("errno = execveat\n"), "");
  EXPECT_EQ(error_of("errno = execveat\n", sealed), "1 the system call policy refuses execveat");
  EXPECT_EQ(error_of("base = none\nallow = execve execveat exit_group\n", sealed),
            "1 the system call policy refuses fcntl");
  PolicyContext early = plain_container;
  early.early = true;
  for (const std::string name : {"sendto", "recvfrom", "prctl", "capset", "setgroups", "setresgid", "setresuid",
                                 "umask", "chdir", "getcwd", "rt_sigaction", "rt_sigprocmask", "prlimit64"}) {
    EXPECT_EQ(error_of("kill = " + name + "\n"), "");
    EXPECT_EQ(error_of("kill = " + name + "\n", early), "1 the system call policy refuses " + name);
    EXPECT_EQ(error_of("kill = " + name + " if arg0 == 7\n", early), "");
  }
  EXPECT_EQ(error_of("errno = execveat fcntl\n", early), "");
}

TEST(SeccompCompile, NeedsANewerKernelToLog) {
  const PolicyContext old = {0, {4, 13}, false};
  EXPECT_EQ(error_of("log = mount\n", old), "38 the action log of the system call policy ");
  EXPECT_EQ(error_of("base = none\ndefault = log\n", old), "38 the action log of the system call policy ");
  EXPECT_EQ(error_of("trap = mount\n", old), "");
  EXPECT_EQ(error_of("log = mount\n", {0, {4, 14}, false}), "");
}

TEST(SeccompCompile, SaysWhenTheKernelTakesNoMore) {
  std::string lines;
  for (int line = 0; line < 40; ++line) {
    lines += "log = read read read read read read read read read read read read read read read read read read read";
    for (int test = 0; test < 6; ++test) {
      lines += (test == 0 ? " if arg" : " and arg") + std::to_string(test) + " >= 0x1111111111111111";
    }
    lines += "\n";
  }
  EXPECT_EQ(error_of(lines), "7 the system call policy ");
}

TEST(SeccompCompile, Counts) {
  const Policy policy;
  const Tally plain_tally = count_calls(policy, plain_container, 0);
  EXPECT_EQ(plain_tally.tested, 4U);
  const Tally nested = count_calls(policy, {0, {6, 1}, true}, 0);
  EXPECT_EQ(nested.tested, 3U);
  EXPECT_EQ(nested.allowed + nested.refused + nested.tested,
            plain_tally.allowed + plain_tally.refused + plain_tally.tested);
  EXPECT_GT(nested.allowed, plain_tally.allowed);
  EXPECT_TRUE(is_refused(policy, plain_container, call_of("mount")));
  EXPECT_FALSE(is_refused(policy, plain_container, call_of("clone")));
}

}  // namespace
}  // namespace microctr::seccomp

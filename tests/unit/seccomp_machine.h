// What the tests of the system call filter share: a machine that runs a program as the kernel would, the kernel's rules
// for a program, and the evaluation of a policy without any program.
#pragma once

#include <linux/filter.h>
#include <linux/seccomp.h>

#include <array>
#include <cstring>
#include <map>
#include <optional>
#include <span>

#include "launcher/seccomp/compile.h"

namespace microctr::seccomp {

// As the kernel checks it (bpf_check_classic, seccomp_check_filter), for the instructions that we use.
inline bool is_valid(std::span<const Instruction> program) {
  if (program.empty() || program.size() > BPF_MAXINSNS) return false;
  for (std::size_t at = 0; at < program.size(); ++at) {
    const Instruction& instruction = program[at];
    const std::size_t left = program.size() - at - 1;  // behind this one
    switch (instruction.code) {
      case BPF_LD | BPF_W | BPF_ABS:
        if (instruction.value % 4 != 0 || instruction.value >= sizeof(seccomp_data) || left == 0) return false;
        break;
      case BPF_ALU | BPF_AND | BPF_K:
        if (left == 0) return false;
        break;
      case BPF_JMP | BPF_JA:
        if (instruction.value >= left) return false;
        break;
      case BPF_JMP | BPF_JEQ | BPF_K:
      case BPF_JMP | BPF_JGT | BPF_K:
      case BPF_JMP | BPF_JGE | BPF_K:
        if (instruction.jump_true >= left || instruction.jump_false >= left) return false;
        break;
      case BPF_RET | BPF_K: break;
      default: return false;
    }
  }
  return program.back().code == (BPF_RET | BPF_K);
}

struct Answer {
  Action action;
  unsigned steps;
};

// Runs a valid program, which always ends: all jumps lead forward.
inline Answer run(std::span<const Instruction> program, const seccomp_data& data) {
  std::uint32_t accumulator = 0;
  unsigned steps = 0;
  for (std::size_t at = 0;; ++at) {
    const Instruction& instruction = program[at];
    ++steps;
    const auto jump = [&](bool holds) { at += holds ? instruction.jump_true : instruction.jump_false; };
    switch (instruction.code) {
      case BPF_LD | BPF_W | BPF_ABS:
        std::memcpy(&accumulator, reinterpret_cast<const char*>(&data) + instruction.value, sizeof accumulator);
        break;
      case BPF_ALU | BPF_AND | BPF_K: accumulator &= instruction.value; break;
      case BPF_JMP | BPF_JA: at += instruction.value; break;
      case BPF_JMP | BPF_JEQ | BPF_K: jump(accumulator == instruction.value); break;
      case BPF_JMP | BPF_JGT | BPF_K: jump(accumulator > instruction.value); break;
      case BPF_JMP | BPF_JGE | BPF_K: jump(accumulator >= instruction.value); break;
      default: return {static_cast<Action>(instruction.value), steps};
    }
  }
}

inline bool holds(const Test& test, const seccomp_data& data) {
  std::uint64_t argument = data.args[test.argument] & test.mask;
  if (test.width == Width::low_32) argument &= UINT32_MAX;
  switch (test.operation) {
    case Operator::equal: return argument == test.value;
    case Operator::not_equal: return argument != test.value;
    case Operator::less: return argument < test.value;
    case Operator::less_or_equal: return argument <= test.value;
    case Operator::greater: return argument > test.value;
    case Operator::greater_or_equal: return argument >= test.value;
  }
  return false;
}

inline std::optional<Action> first_that_fits(std::span<const Rule> rules, std::span<const Test> tests, Call call,
                                             const seccomp_data& data) {
  for (const Rule& rule : rules) {
    bool fits = rule.call == call;
    for (const Test& test : tests.subspan(rule.first_test, rule.test_count)) fits = fits && holds(test, data);
    if (fits) return rule.action;
  }
  return {};
}

inline const std::map<std::uint32_t, Call>& calls_by_number(std::size_t abi) {
  static const std::array<std::map<std::uint32_t, Call>, abi_count> all = [] {
    std::array<std::map<std::uint32_t, Call>, abi_count> made;
    for (std::size_t each = 0; each < abi_count; ++each) {
      for (Call call = 0; call < call_count; ++call) {
        if (const auto number = number_of(call, each)) made[each].emplace(*number, call);
      }
    }
    return made;
  }();
  return all[abi];
}

// What the policy says, without any program.
inline Action evaluate(const Policy& policy, const PolicyContext& context, const seccomp_data& data) {
  const auto number = static_cast<std::uint32_t>(data.nr);
  for (std::size_t abi = 0; abi < abi_count; ++abi) {
    if (data.arch != abis[abi].architecture) continue;
    if (data.arch == AUDIT_ARCH_X86_64 && number >= 0x4000'0000 && number != UINT32_MAX) return Action::kill;
    if (const auto found = calls_by_number(abi).find(number); found != calls_by_number(abi).end()) {
      const Call call = found->second;
      if (const auto action = first_that_fits(policy.rules.view(), policy.tests.view(), call, data)) return *action;
      if (policy.base == Base::none) return policy.fallback;
      const Decision decision = decide(call, context);
      return first_that_fits(decision.rules, standard_tests(), call, data).value_or(decision.otherwise);
    }
    const bool is_literal = policy.base == Base::none && !is_error(policy.fallback);
    return is_literal ? policy.fallback : Action::not_there;
  }
  return Action::kill;
}

}  // namespace microctr::seccomp

#include "launcher/seccomp/compile.h"

#include <linux/seccomp.h>

#include <cstddef>

#include "launcher/seccomp/argument_test.h"
#include "launcher/seccomp/assembler.h"

namespace microctr::seccomp {

namespace {

constexpr Call no_call = 0xffff;

// What a number leads to: an answer, or where `call` is one, the rules of that call.
struct Leaf {
  Action action;
  Call call;

  bool is_answer() const { return call == no_call; }
  bool operator==(const Leaf&) const = default;
};

// Numbers from `first` on, up to the next run.
struct Run {
  std::uint32_t first;
  Leaf leaf;
};

// Worst case: each number on its own, with ARM's private ones and the x32 numbers.
using Runs = FixedVector<Run, number_end + 16>;

class Compiler {
 public:
  Compiler(const Policy& policy, const PolicyContext& context, Program& program)
      : policy_(policy), context_(context), out_(program) {
    for (std::size_t group = 0; group < group_count; ++group) {
      answers_[group] = policy.base == Base::none ? policy.fallback : answer_of(static_cast<Group>(group), context);
    }
    if (policy.rules.empty()) return;
    for (std::uint16_t& rule : first_rule_) rule = absent;
    for (std::size_t rule = policy.rules.size(); rule-- > 0;) {
      std::uint16_t& first = first_rule_[policy.rules[rule].call];
      next_rule_[rule] = first;
      first = static_cast<std::uint16_t>(rule);
    }
  }

  // False when the program is full.
  bool compile();
  // Whatever its arguments are.
  bool is_refused(Call call) const { return answers_all(call, false); }
  bool is_allowed(Call call) const { return answers_all(call, true); }

 private:
  bool answers_all(Call call, bool passes) const;
  std::uint16_t first_rule_of(Call call) const { return policy_.rules.empty() ? absent : first_rule_[call]; }
  Decision base_decision(Call call) const;
  Leaf leaf_of(Call call) const;
  Action unknown_action() const;
  void find_runs(std::size_t abi, Runs& runs) const;
  Label put_rule(const Rule& rule, const Rule* before, std::span<const Test> tests, Label otherwise);
  Label put_call(Call call);
  Label put_tree(std::span<const Run> runs);

  const Policy& policy_;
  const PolicyContext& context_;
  Assembler out_;
  std::optional<Action> answers_[group_count];  // of calls without rules of the policy
  // The rules of each call in their order; only where there are any.
  std::uint16_t first_rule_[call_count];
  std::uint16_t next_rule_[limits::policy_rules];
};

Decision Compiler::base_decision(Call call) const {
  if (policy_.base == Base::none) return {policy_.fallback, {}};
  return decide(call, context_);
}

Leaf Compiler::leaf_of(Call call) const {
  const std::uint16_t first = first_rule_of(call);
  if (first != absent) {
    const Rule& rule = policy_.rules[first];
    if (rule.test_count != 0) return {Action::allow, call};
    return {rule.action, no_call};
  }
  const auto answer = answers_[static_cast<std::size_t>(group_of(call))];
  return answer ? Leaf{*answer, no_call} : Leaf{Action::allow, call};
}

bool Compiler::answers_all(Call call, bool passes) const {
  for (std::uint16_t at = first_rule_of(call); at != absent; at = next_rule_[at]) {
    const Rule& rule = policy_.rules[at];
    if (lets_pass(rule.action) != passes) return false;
    if (rule.test_count == 0) return true;
  }
  const Decision decision = base_decision(call);
  for (const Rule& rule : decision.rules) {
    if (lets_pass(rule.action) != passes) return false;
  }
  return lets_pass(decision.otherwise) == passes;
}

Action Compiler::unknown_action() const {
  const bool is_plain = policy_.base == Base::standard || is_error(policy_.fallback);
  return is_plain ? Action::not_there : policy_.fallback;
}

void Compiler::find_runs(std::size_t abi, Runs& runs) const {
  constexpr std::size_t private_end = 8;
  Call calls[number_end];
  Call private_calls[private_end];
  for (Call& call : calls) call = no_call;
  for (Call& call : private_calls) call = no_call;
  for (Call call = 0; call < call_count; ++call) {
    const std::uint16_t number = call_numbers[abi][call];
    if (number < number_end) {
      calls[number] = call;
    } else if (number != absent) {
      private_calls[number - private_code] = call;
    }
  }

  const auto add = [&runs](std::uint32_t first, const Leaf& leaf) {
    if (runs.empty() || runs.back().leaf != leaf) (void)runs.push({first, leaf});
  };
  const Leaf unknown = {unknown_action(), no_call};
  const auto add_all = [&](std::uint32_t first, std::span<const Call> numbered) {
    for (const Call call : numbered) add(first++, call == no_call ? unknown : leaf_of(call));
    add(first, unknown);
  };
  add_all(0, calls);
  if (abis[abi].architecture == AUDIT_ARCH_ARM) add_all(private_number, private_calls);
  if (abis[abi].architecture == AUDIT_ARCH_X86_64) {
    // x32 has a bit of its own (__X32_SYSCALL_BIT). -1 has it too, but is no call: a tracer skips one so, and would
    // have its process killed.
    add(0x4000'0000, {Action::kill, no_call});
    add(0xffff'ffff, unknown);
  }
}

// `before` is the rule that is tried right before this one, if it is of the same policy.
Label Compiler::put_rule(const Rule& rule, const Rule* before, std::span<const Test> tests, Label otherwise) {
  const bool is_single = before != nullptr && before->test_count == 1;
  const auto its_tests = tests.subspan(rule.first_test, rule.test_count);
  return put_tests(out_, its_tests, is_single ? &tests[before->first_test] : nullptr, out_.answer(rule.action),
                   otherwise);
}

// Backwards, as all: each with the next one as its `otherwise`.
Label Compiler::put_call(Call call) {
  std::uint16_t chain[limits::policy_rules];
  std::size_t size = 0;
  const Rule* last = nullptr;  // without a test
  for (std::uint16_t at = first_rule_of(call); at != absent && last == nullptr; at = next_rule_[at]) {
    if (policy_.rules[at].test_count == 0) {
      last = &policy_.rules[at];
    } else {
      chain[size++] = at;
    }
  }

  Label otherwise;
  if (last != nullptr) {
    otherwise = out_.answer(last->action);
  } else {
    const Decision decision = base_decision(call);
    otherwise = out_.answer(decision.otherwise);
    for (std::size_t at = decision.rules.size(); at-- > 0;) {
      const Rule* before = at > 0 ? &decision.rules[at - 1] : nullptr;
      otherwise = put_rule(decision.rules[at], before, standard_tests(), otherwise);
    }
  }
  while (size-- > 0) {
    const Rule* before = size > 0 ? &policy_.rules[chain[size - 1]] : nullptr;
    otherwise = put_rule(policy_.rules[chain[size]], before, policy_.tests.view(), otherwise);
  }
  return otherwise;
}

// The halves first, the answers last: so they are near.
Label Compiler::put_tree(std::span<const Run> runs) {
  if (runs.size() == 1) {
    const Leaf& leaf = runs.front().leaf;
    return leaf.is_answer() ? out_.answer(leaf.action) : put_call(leaf.call);
  }
  const std::size_t middle = runs.size() / 2;
  const auto is_answer = [](std::span<const Run> half) { return half.size() == 1 && half.front().leaf.is_answer(); };
  const auto lower = runs.first(middle);
  const auto upper = runs.subspan(middle);
  Label above = is_answer(upper) ? 0 : put_tree(upper);
  Label below = is_answer(lower) ? 0 : put_tree(lower);
  if (is_answer(upper)) above = put_tree(upper);
  if (is_answer(lower)) below = put_tree(lower);
  return out_.jump(BPF_JGE, upper.front().first, above, below);
}

bool Compiler::compile() {
  Label starts[abi_count];
  for (std::size_t abi = abi_count; abi-- > 0;) {
    Runs runs;
    find_runs(abi, runs);
    (void)out_.go_to(put_tree(runs.view()));
    starts[abi] = out_.load(offsetof(seccomp_data, nr));
  }
  Label other = out_.answer(Action::kill);
  for (std::size_t abi = abi_count; abi-- > 0;) {
    other = out_.jump(BPF_JEQ, abis[abi].architecture, starts[abi], other);
  }
  (void)out_.load(offsetof(seccomp_data, arch));
  return !out_.is_full();
}

#if defined(__arm__)
#define MICROCTR_WIDE_CALL(name, suffix) call_of(name suffix)
#else
#define MICROCTR_WIDE_CALL(name, suffix) call_of(name)
#endif
// What is done once the filter is there: to execute the command and end; through the sealed program; and, where it is
// loaded early, our last steps, of which some could not even say that they were refused.
constexpr Call needed[] = {call_of("execve"),
                           call_of("exit_group"),
                           call_of("execveat"),
                           MICROCTR_WIDE_CALL("fcntl", "64"),
                           call_of("sendto"),
                           call_of("recvfrom"),
                           call_of("prctl"),
                           call_of("capset"),
                           MICROCTR_WIDE_CALL("setgroups", "32"),
                           MICROCTR_WIDE_CALL("setresgid", "32"),
                           MICROCTR_WIDE_CALL("setresuid", "32"),
                           call_of("umask"),
                           call_of("chdir"),
                           call_of("getcwd"),
                           call_of("rt_sigaction"),
                           call_of("rt_sigprocmask"),
                           call_of("prlimit64")};
#undef MICROCTR_WIDE_CALL
constexpr std::size_t needed_always = 2;
constexpr std::size_t needed_sealed = 4;

Result<void> check_needs(const Compiler& compiler, const PolicyContext& context) {
  for (std::size_t at = 0; at < std::size(needed); ++at) {
    const bool is_early = at >= needed_sealed;
    const bool is_needed = is_early ? context.early : at < needed_always || context.sealed;
    if (!is_needed || !compiler.is_refused(needed[at])) continue;
    return fail(EPERM, "the system call policy refuses"_p, CString::from_pointer(call_name(needed[at]).data()),
                is_early ? "without no_new_privileges our last steps are filtered, too: allow it"_p
                         : "the container's own command cannot start or end without it: allow it"_p);
  }
  return {};
}

bool has_log(const Policy& policy) {
  if (policy.base == Base::none && policy.fallback == Action::log) return true;
  for (const Rule& rule : policy.rules) {
    if (rule.action == Action::log) return true;
  }
  return false;
}

}  // namespace

Result<void> compile(const Policy& policy, const PolicyContext& context, Program& program) {
  Compiler compiler(policy, context, program);
  TRY(check_needs(compiler, context));
  if (has_log(policy) && !is_at_least(context.kernel, 4, 14)) {
    return fail(ENOSYS, "the action log of the system call policy"_p, {}, "it needs Linux 4.14; write allow instead"_p);
  }
  if (!compiler.compile()) {
    return fail(E2BIG, "the system call policy"_p, {},
                "the kernel takes 4096 instructions: write fewer rules with tests"_p);
  }
  return {};
}

Tally count_calls(const Policy& policy, const PolicyContext& context, std::size_t abi) {
  Program unused;
  const Compiler compiler(policy, context, unused);
  Tally tally;
  for (Call call = 0; call < call_count; ++call) {
    if (!number_of(call, abi)) continue;
    const bool is_refused = compiler.is_refused(call);
    const bool is_tested = !is_refused && !compiler.is_allowed(call);
    ++(is_refused ? tally.refused : is_tested ? tally.tested : tally.allowed);
  }
  return tally;
}

bool is_refused(const Policy& policy, const PolicyContext& context, Call call) {
  Program unused;
  return Compiler(policy, context, unused).is_refused(call);
}

}  // namespace microctr::seccomp

#include "launcher/seccomp/describe.h"

#include "launcher/seccomp/compile.h"
#include "launcher/seccomp/read_tests.h"
#include "launcher/spec/capability.h"

namespace microctr::seccomp {

namespace {

constexpr std::size_t names_in_line = 10;  // of one rule; the next line goes on

bool is_same(const Rule& left, const Rule& right) {
  return left.action == right.action && left.first_test == right.first_test && left.test_count == right.test_count;
}

void add_capabilities(TextWriter& line, std::uint64_t set) {
  bool any = false;
  for (unsigned capability = 0; capability < capability_count; ++capability) {
    if ((set >> capability & 1) == 0) continue;
    line.add(any ? " or " : "", capability_name(capability));
    any = true;
  }
}

void add_members(TextWriter& line, Group group) {
  const char* before = "";
  for (Call call = 0; call < call_count; ++call) {
    if (group_of(call) != group) continue;
    line.add(before, call_name(call));
    before = ", ";
  }
}

// What is behind the tests of the standard policy and behind its refusals, each with what it is about.
constexpr char standard_texts[] =
    "ioctl: allowed, but TIOCSTI and TIOCLINUX are refused (EPERM)\0"
    "clone: only without new namespaces, else EPERM\0"
    "clone3: its arguments cannot be seen, ENOSYS makes C libraries use clone\0"
    "personality: only PER_LINUX and PER_LINUX32, with UNAME26 or without, else EPERM\0"
    "socket: no AF_VSOCK, AF_ALG or family that Linux has given up (EPERM); socketcall of 32-bit programs is not seen\0"
    "always refused with EPERM: io_uring, keyring, userfaultfd, kexec, swap and what else no container needs\0";
constexpr auto packed_standard_texts = phrase::pack_table<standard_texts, 1, 0>();
constexpr std::size_t standard_text_count = 6;
constexpr std::size_t clone_texts[] = {1, 2};  // for a container that may make no namespaces

}  // namespace

bool Description::add_counts(TextWriter& line) {
  if (at_ == abi_count) return false;
  const Tally tally = count_calls(policy_, context_, at_);
  line.add("system calls of "_p, abis[at_].name, ": ", tally.allowed, " allowed, "_p, tally.tested,
           " depend on arguments, "_p, tally.refused, " refused"_p);
  return true;
}

bool Description::add_rules(TextWriter& line) {
  if (at_ == policy_.rules.size()) return false;
  const Rule& first = policy_.rules[at_];
  add_action(line, first.action);
  const char* before = ": ";
  std::size_t next = at_;
  while (next < policy_.rules.size() && next - at_ < names_in_line && is_same(policy_.rules[next], first)) {
    line.add(before, call_name(policy_.rules[next].call));
    before = ", ";
    ++next;
  }
  at_ = next - 1;
  before = " if ";
  for (std::size_t test = 0; test < first.test_count; ++test) {
    line.add(before);
    add_test(line, policy_.tests[first.first_test + test]);
    before = " and ";
  }
  return true;
}

bool Description::add_fallback(TextWriter& line) {
  if (at_ > 0) return false;
  if (policy_.base == Base::standard) {
    if (policy_.rules.empty()) return false;
    line.add("all others as the standard policy has them:"_p);
    return true;
  }
  line.add("all others: "_p);
  add_action(line, policy_.fallback);
  return true;
}

bool Description::add_group(TextWriter& line) {
  if (policy_.base == Base::none) return false;
  while (at_ < group_count) {
    const auto group = static_cast<Group>(at_);
    const std::uint64_t capabilities = openers_of(group);
    const bool nesting = is_opened_by_nesting(group);
    if (capabilities == 0 && !nesting) {
      ++at_;
      continue;
    }
    line.add(is_open(group, context_) ? "open ("_p : "closed (needs "_p);
    add_capabilities(line, capabilities);
    if (nesting) line.add(capabilities == 0 ? "nesting" : " or nesting");
    if (group == Group::tracing_safely) line.add(" or Linux 4.8"_p);
    line.add("): ");
    add_members(line, group);
    return true;
  }
  return false;
}

bool Description::add_standard(TextWriter& line) {
  if (policy_.base == Base::none) return false;
  if (at_ == clone_texts[0] && is_open(Group::cloning, context_)) at_ += sizeof clone_texts / sizeof *clone_texts;
  if (at_ == standard_text_count) return false;
  line.add(Phrase::nth(packed_standard_texts.data(), at_));
  return true;
}

bool Description::add_rest(TextWriter& line) {
  const bool is_plain = policy_.base == Base::standard || is_error(policy_.fallback);
  if (at_ == 0 && is_plain) {
    line.add("numbers without a call, and those of calls after Linux 6.18: ENOSYS"_p);
    return true;
  }
  if (at_ == 0) ++at_;
  if (at_ == 1) line.add("other architectures, x32 too: the process is killed"_p);
  return at_ == 1;
}

bool Description::next(TextWriter& line) {
  while (part_ != Part::end) {
    bool added = false;
    switch (part_) {
      case Part::counts: added = add_counts(line); break;
      case Part::rules: added = add_rules(line); break;
      case Part::fallback: added = add_fallback(line); break;
      case Part::groups: added = add_group(line); break;
      case Part::standard: added = add_standard(line); break;
      case Part::rest: added = add_rest(line); break;
      case Part::end: break;
    }
    if (added) {
      ++at_;
      return true;
    }
    part_ = static_cast<Part>(static_cast<unsigned>(part_) + 1);
    at_ = 0;
  }
  return false;
}

}  // namespace microctr::seccomp

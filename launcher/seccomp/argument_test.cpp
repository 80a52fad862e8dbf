#include "launcher/seccomp/argument_test.h"

#include <bit>
#include <cstddef>
#include <utility>

namespace microctr::seccomp {

namespace {

static_assert(std::endian::native == std::endian::little, "the halves of an argument stand the other way round");

constexpr std::uint32_t low_half(std::uint64_t value) { return static_cast<std::uint32_t>(value); }
constexpr std::uint32_t high_half(std::uint64_t value) { return static_cast<std::uint32_t>(value >> 32); }

constexpr std::uint32_t offset_of(const Test& test) {
  return static_cast<std::uint32_t>(offsetof(seccomp_data, args) + test.argument * sizeof(std::uint64_t));
}

// Whether the upper half decides nothing.
bool is_narrow(const Test& test) {
  return test.width == Width::low_32 || (high_half(test.mask) == 0 && high_half(test.value) == 0);
}

bool leaves_word(const Test& test) { return is_narrow(test) && low_half(test.mask) == UINT32_MAX; }

// The comparisons that BPF has, and whether their answer means the opposite.
struct Comparison {
  std::uint16_t code;
  bool is_inverse;
};

Comparison comparison_of(Operator operation) {
  switch (operation) {
    case Operator::equal: return {BPF_JEQ, false};
    case Operator::not_equal: return {BPF_JEQ, true};
    case Operator::less: return {BPF_JGE, true};
    case Operator::less_or_equal: return {BPF_JGT, true};
    case Operator::greater: return {BPF_JGT, false};
    case Operator::greater_or_equal: break;
  }
  return {BPF_JGE, false};
}

Label put_mask(Assembler& out, std::uint32_t mask, Label next) { return mask == UINT32_MAX ? next : out.mask(mask); }

enum class Word : std::uint8_t { missing, loaded };

Label put_test(Assembler& out, const Test& test, Word word, Label yes, Label no) {
  const Comparison comparison = comparison_of(test.operation);
  if (comparison.is_inverse) std::swap(yes, no);
  Label next = out.jump(comparison.code, low_half(test.value), yes, no);
  next = put_mask(out, low_half(test.mask), next);
  if (word == Word::missing) next = out.load(offset_of(test));
  if (is_narrow(test)) return next;

  // The lower half decides only where the upper ones are equal.
  next = out.jump(BPF_JEQ, high_half(test.value), next, no);
  if (comparison.code != BPF_JEQ) next = out.jump(BPF_JGT, high_half(test.value), yes, next);
  (void)put_mask(out, high_half(test.mask), next);
  return out.load(offset_of(test) + sizeof(std::uint32_t));
}

}  // namespace

Label put_tests(Assembler& out, std::span<const Test> tests, const Test* before, Label yes, Label no) {
  for (std::size_t at = tests.size(); at-- > 0;) {
    const Test& test = tests[at];
    const bool is_loaded =
        at == 0 && before != nullptr && leaves_word(*before) && is_narrow(test) && before->argument == test.argument;
    yes = put_test(out, test, is_loaded ? Word::loaded : Word::missing, yes, no);
  }
  return yes;
}

}  // namespace microctr::seccomp

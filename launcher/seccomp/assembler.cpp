#include "launcher/seccomp/assembler.h"

namespace microctr::seccomp {

static_assert(sizeof(Instruction) == sizeof(sock_filter));
static_assert(limits::filter_program == BPF_MAXINSNS);

namespace {

// Of the largest jump are kept back the two instructions that may come in between.
constexpr Label reach = 255 - 2;

}  // namespace

Label Assembler::put(const Instruction& instruction) {
  if (!program_.push_front(instruction)) is_full_ = true;
  return here();
}

Label Assembler::answer(Action action) {
  for (const Answer& known : answers_) {
    if (known.label != 0 && known.action == action && here() - known.label <= reach) return known.label;
  }
  const Label label = put({BPF_RET | BPF_K, 0, 0, static_cast<std::uint32_t>(action)});
  // The older copy is out of reach for good.
  for (Answer& known : answers_) {
    if (known.label == 0 || known.action != action) continue;
    known.label = label;
    return label;
  }
  answers_[next_answer_] = {action, label};
  next_answer_ = (next_answer_ + 1) % (sizeof answers_ / sizeof *answers_);
  return label;
}

Label Assembler::go_to(Label target) {
  if (target == here()) return target;
  return put({BPF_JMP | BPF_JA, 0, 0, here() - target});
}

Label Assembler::bring_near(Label target) { return here() - target <= reach ? target : go_to(target); }

Label Assembler::jump(std::uint16_t comparison, std::uint32_t value, Label yes, Label no) {
  yes = bring_near(yes);
  no = bring_near(no);
  return put({static_cast<std::uint16_t>(BPF_JMP | BPF_K | comparison), static_cast<std::uint8_t>(here() - yes),
              static_cast<std::uint8_t>(here() - no), value});
}

Label Assembler::load(std::uint32_t offset) { return put({BPF_LD | BPF_W | BPF_ABS, 0, 0, offset}); }

Label Assembler::mask(std::uint32_t bits) { return put({BPF_ALU | BPF_AND | BPF_K, 0, 0, bits}); }

}  // namespace microctr::seccomp

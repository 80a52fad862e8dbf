// Writes a filter program backwards: first what is executed last. What was written before is what a new instruction
// goes on with, and where it can jump to.
//
// A conditional jump of classic BPF skips at most 255 instructions; where its target is farther away an unconditional
// one, or another copy of an answer, is put in between. Writes into a Program that the caller owns. When that is full
// nothing more is written and `is_full` says so.
#pragma once

#include <linux/filter.h>

#include "launcher/seccomp/action.h"
#include "launcher/seccomp/program.h"

namespace microctr::seccomp {

// A place in the program: how many instructions there are from it to the end.
using Label = std::uint32_t;

class Assembler {
 public:
  explicit Assembler(Program& program) : program_(program) { program_.clear(); }

  // An instruction that returns `action`: one that is near already, or a new one.
  Label answer(Action action);
  // Goes on with what is at `target`.
  Label go_to(Label target);
  // Compares the accumulator with `value`; `comparison` is BPF_JEQ, BPF_JGT or BPF_JGE.
  Label jump(std::uint16_t comparison, std::uint32_t value, Label yes, Label no);
  // Loads a word of seccomp_data.
  Label load(std::uint32_t offset);
  Label mask(std::uint32_t bits);

  bool is_full() const { return is_full_; }

 private:
  struct Answer {
    Action action;
    Label label = 0;  // 0: not written yet
  };

  Label put(const Instruction& instruction);
  Label bring_near(Label target);
  Label here() const { return static_cast<Label>(program_.size()); }

  Program& program_;
  Answer answers_[8] = {};
  unsigned next_answer_ = 0;  // to be forgotten
  bool is_full_ = false;
};

}  // namespace microctr::seccomp

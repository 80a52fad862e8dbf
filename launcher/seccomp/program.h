// A filter program in classic BPF, as seccomp(2) takes it.
//
// Fixed storage of the kernel's own limit, which belongs to the caller; only what is used of it is ever touched. The
// compiler writes it from its end to its beginning, so that what a jump leads to is known when the jump is written.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "launcher/base/limits.h"

namespace microctr::seccomp {

struct Instruction {  // struct sock_filter
  std::uint16_t code;
  std::uint8_t jump_true;  // instructions to skip
  std::uint8_t jump_false;
  std::uint32_t value;
};
static_assert(sizeof(Instruction) == 8);

class Program {
 public:
  Program() : nothing_{} {}

  // False when full; nothing is changed then.
  [[nodiscard]] bool push_front(const Instruction& instruction) {
    if (size_ == limits::filter_program) return false;
    ++size_;
    instructions_[limits::filter_program - size_] = instruction;
    return true;
  }
  void clear() { size_ = 0; }

  std::size_t size() const { return size_; }
  std::span<const Instruction> view() const { return {instructions_ + limits::filter_program - size_, size_}; }

 private:
  union {
    char nothing_;  // an instruction's life begins with push_front
    Instruction instructions_[limits::filter_program];
  };
  std::size_t size_ = 0;
};

}  // namespace microctr::seccomp

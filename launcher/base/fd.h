// The owner of one file descriptor: closes it once, moves, never copies.
//
// Its members are inlined by force: called, they would keep every descriptor in memory instead of a register.
#pragma once

#include <utility>

namespace microctr {

// close(2); of a negative number nothing. It is never retried: Linux has let the descriptor go even when it reports
// EINTR.
void close_any_descriptor(int descriptor);
[[gnu::always_inline]] inline void close_descriptor(int descriptor) {
  if (__builtin_constant_p(descriptor) && descriptor < 0) return;  // moved away: not even a call
  close_any_descriptor(descriptor);
}

// A new descriptor on its way to its owner. A Result of it travels in registers, which one of an owner cannot.
struct Descriptor {
  int number = -1;
};

class Fd {
 public:
  constexpr Fd() = default;
  explicit constexpr Fd(int descriptor) : descriptor_(descriptor) {}
  explicit constexpr Fd(Descriptor descriptor) : descriptor_(descriptor.number) {}
  [[gnu::always_inline]] Fd(Fd&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  [[gnu::always_inline]] Fd& operator=(Fd&& other) noexcept {
    close_descriptor(std::exchange(descriptor_, std::exchange(other.descriptor_, -1)));
    return *this;
  }
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  // NOLINTNEXTLINE(clang-analyzer-core.CallAndMessage): the analyzer loses a descriptor that TRY takes out of a Result
  [[gnu::always_inline]] ~Fd() { close_descriptor(descriptor_); }

  constexpr int get() const { return descriptor_; }
  constexpr explicit operator bool() const { return descriptor_ >= 0; }
  int release() { return std::exchange(descriptor_, -1); }
  [[gnu::always_inline]] void close() { close_descriptor(std::exchange(descriptor_, -1)); }

 private:
  int descriptor_ = -1;
};

}  // namespace microctr

// System calls by name, and their numbers on the ABIs that this build filters: its own, and the 32-bit one that a
// 64-bit kernel runs too.
//
// A Call is the position of a name in the table, the same in every build; a call of another architecture only is known
// by name and has no number here. Nothing here decides what is allowed.
#pragma once

#include <linux/audit.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "launcher/seccomp/call_table.h"

namespace microctr::seccomp {

using Call = std::uint16_t;

inline constexpr std::uint16_t absent = 0xffff;

#define MICROCTR_CALL_NAME(name, x86_64, i386, aarch64, arm) #name "\0"
inline constexpr char call_names[] = MICROCTR_CALLS(MICROCTR_CALL_NAME);
#undef MICROCTR_CALL_NAME

#define MICROCTR_CALL_ONE(name, x86_64, i386, aarch64, arm) +1
inline constexpr std::size_t call_count = MICROCTR_CALLS(MICROCTR_CALL_ONE);
#undef MICROCTR_CALL_ONE

struct Abi {
  std::uint32_t architecture;  // AUDIT_ARCH_*, as seccomp_data has it
  char name[8];
};

using Numbers = std::array<std::uint16_t, call_count>;

#if defined(__x86_64__)
#define MICROCTR_CALL_NATIVE(name, x86_64, i386, aarch64, arm) x86_64,
#define MICROCTR_CALL_COMPATIBLE(name, x86_64, i386, aarch64, arm) i386,
inline constexpr Abi abis[] = {{AUDIT_ARCH_X86_64, "x86_64"}, {AUDIT_ARCH_I386, "i386"}};
#elif defined(__aarch64__)
#define MICROCTR_CALL_NATIVE(name, x86_64, i386, aarch64, arm) aarch64,
#define MICROCTR_CALL_COMPATIBLE(name, x86_64, i386, aarch64, arm) arm,
inline constexpr Abi abis[] = {{AUDIT_ARCH_AARCH64, "aarch64"}, {AUDIT_ARCH_ARM, "arm"}};
#elif defined(__arm__)
#define MICROCTR_CALL_NATIVE(name, x86_64, i386, aarch64, arm) arm,
inline constexpr Abi abis[] = {{AUDIT_ARCH_ARM, "arm"}};
#else
#error "no system call numbers for this architecture: add a column to call_table.h"
#endif

inline constexpr std::size_t abi_count = sizeof abis / sizeof *abis;

inline constexpr Numbers call_numbers[abi_count] = {
    {MICROCTR_CALLS(MICROCTR_CALL_NATIVE)},
#ifdef MICROCTR_CALL_COMPATIBLE
    {MICROCTR_CALLS(MICROCTR_CALL_COMPATIBLE)},
#endif
};
#undef MICROCTR_CALL_NATIVE
#undef MICROCTR_CALL_COMPATIBLE

// The first of ARM's private numbers, and the first of what stands for them in the table.
inline constexpr std::uint32_t private_number = 0x0f0000;
inline constexpr std::uint16_t private_code = 0xf000;

// Above every number that is not private.
consteval std::uint32_t make_number_end() {
  std::uint32_t end = 0;
  for (const Numbers& numbers : call_numbers) {
    for (const std::uint16_t number : numbers) {
      if (number < private_code && number >= end) end = number + 1U;
    }
  }
  return end;
}
inline constexpr std::uint32_t number_end = make_number_end();

// What the kernel calls it by on the ABI; nothing where it has no such call.
constexpr std::optional<std::uint32_t> number_of(Call call, std::size_t abi) {
  const std::uint16_t number = call_numbers[abi][call];
  if (number == absent) return {};
  if (number >= private_code) return private_number + (number - private_code);
  return number;
}

inline void name_is_not_in_the_table() {}  // not constexpr: reaching it is a compile-time error

// The call with this name, for use in the source.
consteval Call call_of(std::string_view name) {
  const char* at = call_names;
  for (Call call = 0; call < call_count; ++call) {
    const std::string_view candidate = at;
    if (candidate == name) return call;
    at += candidate.size() + 1;
  }
  name_is_not_in_the_table();
  return 0;
}

std::optional<Call> find_call(std::string_view name);
std::string_view call_name(Call call);

// The name that was probably meant; empty when none is near.
std::string_view nearest_call(std::string_view name);

}  // namespace microctr::seccomp

// One system call as one instruction, and how its answer becomes a Result. Used by sys_*.cpp only.
//
// `call` returns what the kernel returns: the result, or a negative errno; the C library's errno is not touched. It is
// as small as a function call, and needs none of the library's machinery for threads, cancellation and old kernels.
// An argument is passed as wide as it is: the kernel narrows each one to its own type. Only a 64-bit argument of a
// 32-bit machine must be split by the caller.
#pragma once

#include <sys/syscall.h>

#include <cerrno>

#include "launcher/base/fd.h"
#include "launcher/base/result.h"

namespace microctr::sys {

// Where each architecture wants number, arguments and result: syscall(2), "Architecture calling conventions". Missing
// arguments are zero; the shorter forms only keep that short.
#if defined(__clang_analyzer__)

// clang-tidy takes what assembly writes for uninitialized; of a function that it does not see it assumes the best.
long call_unseen(long number, ...);
template <typename... Arguments>
inline long call_with(long number, Arguments... arguments) {
  return call_unseen(number, arguments...);
}

#elif defined(__x86_64__) && defined(__LP64__)

template <typename A, typename B, typename C>
inline long call_with(long number, A a, B b, C c) {
  long result;
  asm volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c) : "rcx", "r11", "memory");
  return result;
}

template <typename A, typename B, typename C, typename D>
inline long call_with(long number, A a, B b, C c, D d) {
  long result;
  register D r10 asm("r10") = d;
  asm volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10) : "rcx", "r11", "memory");
  return result;
}

template <typename A, typename B, typename C, typename D, typename E, typename F>
inline long call_with(long number, A a, B b, C c, D d, E e, F f) {
  long result;
  register D r10 asm("r10") = d;
  register E r8 asm("r8") = e;
  register F r9 asm("r9") = f;
  asm volatile("syscall"
               : "=a"(result)
               : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
               : "rcx", "r11", "memory");
  return result;
}

#elif defined(__aarch64__) && defined(__LP64__)

template <typename A, typename B, typename C>
inline long call_with(long number, A a, B b, C c) {
  register long x8 asm("x8") = number;
  register A x0 asm("x0") = a;
  register B x1 asm("x1") = b;
  register C x2 asm("x2") = c;
  register long result asm("x0");
  asm volatile("svc 0" : "=r"(result) : "r"(x8), "r"(x0), "r"(x1), "r"(x2) : "memory");
  return result;
}

template <typename A, typename B, typename C, typename D>
inline long call_with(long number, A a, B b, C c, D d) {
  register D x3 asm("x3") = d;
  register long x8 asm("x8") = number;
  register A x0 asm("x0") = a;
  register B x1 asm("x1") = b;
  register C x2 asm("x2") = c;
  register long result asm("x0");
  asm volatile("svc 0" : "=r"(result) : "r"(x8), "r"(x0), "r"(x1), "r"(x2), "r"(x3) : "memory");
  return result;
}

template <typename A, typename B, typename C, typename D, typename E, typename F>
inline long call_with(long number, A a, B b, C c, D d, E e, F f) {
  register long x8 asm("x8") = number;
  register A x0 asm("x0") = a;
  register B x1 asm("x1") = b;
  register C x2 asm("x2") = c;
  register D x3 asm("x3") = d;
  register E x4 asm("x4") = e;
  register F x5 asm("x5") = f;
  register long result asm("x0");
  asm volatile("svc 0" : "=r"(result) : "r"(x8), "r"(x0), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory");
  return result;
}

#elif defined(__arm__) && defined(__ARM_EABI__)

// The number goes into r7, which Thumb code may be using as its frame pointer.
#define MICROCTR_ARM_CALL "mov %1, r7\n\tmov r7, %2\n\tsvc 0\n\tmov r7, %1"

template <typename A, typename B, typename C>
inline long call_with(long number, A a, B b, C c) {
  long kept;
  register A r0 asm("r0") = a;
  register B r1 asm("r1") = b;
  register C r2 asm("r2") = c;
  register long result asm("r0");
  asm volatile(MICROCTR_ARM_CALL : "=r"(result), "=&r"(kept) : "r"(number), "r"(r0), "r"(r1), "r"(r2) : "memory");
  return result;
}

template <typename A, typename B, typename C, typename D>
inline long call_with(long number, A a, B b, C c, D d) {
  long kept;
  register A r0 asm("r0") = a;
  register B r1 asm("r1") = b;
  register C r2 asm("r2") = c;
  register D r3 asm("r3") = d;
  register long result asm("r0");
  asm volatile(MICROCTR_ARM_CALL
               : "=r"(result), "=&r"(kept)
               : "r"(number), "r"(r0), "r"(r1), "r"(r2), "r"(r3)
               : "memory");
  return result;
}

template <typename A, typename B, typename C, typename D, typename E, typename F>
inline long call_with(long number, A a, B b, C c, D d, E e, F f) {
  long kept;
  register A r0 asm("r0") = a;
  register B r1 asm("r1") = b;
  register C r2 asm("r2") = c;
  register D r3 asm("r3") = d;
  register E r4 asm("r4") = e;
  register F r5 asm("r5") = f;
  register long result asm("r0");
  asm volatile(MICROCTR_ARM_CALL
               : "=r"(result), "=&r"(kept)
               : "r"(number), "r"(r0), "r"(r1), "r"(r2), "r"(r3), "r"(r4), "r"(r5)
               : "memory");
  return result;
}

#undef MICROCTR_ARM_CALL

#else  // through the C library

template <typename... Arguments>
inline long call_with(long number, Arguments... arguments) {
  const long result = ::syscall(number, arguments...);
  return result == -1 ? -errno : result;
}

#endif

inline long call(long number) { return call_with(number, 0L, 0L, 0L); }
template <typename A>
inline long call(long number, A a) {
  return call_with(number, a, 0L, 0L);
}
template <typename A, typename B>
inline long call(long number, A a, B b) {
  return call_with(number, a, b, 0L);
}
template <typename A, typename B, typename C>
inline long call(long number, A a, B b, C c) {
  return call_with(number, a, b, c);
}
template <typename A, typename B, typename C, typename D>
inline long call(long number, A a, B b, C c, D d) {
  return call_with(number, a, b, c, d);
}
template <typename A, typename B, typename C, typename D, typename E>
inline long call(long number, A a, B b, C c, D d, E e) {
  return call_with(number, a, b, c, d, e, 0L);
}
template <typename A, typename B, typename C, typename D, typename E, typename F>
inline long call(long number, A a, B b, C c, D d, E e, F f) {
  return call_with(number, a, b, c, d, e, f);
}

// The same, again while a signal interrupts it.
template <typename... Arguments>
inline long call_again(long number, Arguments... arguments) {
  long result;
  do {
    result = call(number, arguments...);
  } while (result == -EINTR);
  return result;
}

// The answer as a Result; `what` and `subject` as in Error.
Result<void> done(long result, Phrase what, CString subject = {});
Result<std::size_t> counted(long result, Phrase what);
Result<Descriptor> opened(long result, Phrase what, CString subject = {});

}  // namespace microctr::sys

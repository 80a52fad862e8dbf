// Result<T>: a value or an Error; the compiler warns when one is dropped. TRY hands an error on to the caller.
//
// An Error is plain: a positive errno, what failed (a literal), the thing that it failed on (text that outlives the
// error: an arena, argv, a literal) and, where we know it, what to do next (a literal).
// A Result does not carry its Error but points to it: errors are kept in a small ring (error_ring_size), so that a
// Result of something small travels in registers, which is a third of the size of this program. Whoever keeps an
// error while others may happen copies the Error.
// It must not be used for configuration errors, which have a place in a file: those are Diagnostics.
#pragma once

#include <cerrno>
#include <type_traits>
#include <utility>

#include "launcher/base/cstring.h"
#include "launcher/base/literal.h"

namespace microctr {

struct Error {
  int code = 0;         // errno, positive; 0: `what` says it all
  Literal what = {};    // "open", "mount the overlay"
  CString subject = {};  // path, name, number as text; may be empty
  Literal hint = {};    // what to do next; may be empty

  constexpr Error about(CString thing) const { return {code, what, thing, hint}; }
  constexpr Error with_hint(Literal advice) const { return {code, what, subject, advice}; }
  constexpr Error doing(Literal action) const { return {code, action, subject, hint}; }
};

inline constexpr std::size_t error_ring_size = 64;

// An Error in the ring.
class Failed {
 public:
  explicit Failed(const Error& error);                         // puts it there
  static constexpr Failed known(const Error* error) { return Failed(error); }  // it is there

  const Error& error() const { return *error_; }

 private:
  explicit constexpr Failed(const Error* error) : error_(error) {}

  const Error* error_;
};

// errno as a failure; `what` and `subject` as in Error.
Failed last_error(Literal what, CString subject = {});

template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : value_(std::move(value)) {}                      // NOLINT(google-explicit-constructor)
  Result(const Error& error) : failed_(&Failed(error).error()) {}    // NOLINT(google-explicit-constructor)
  Result(Failed failed) : failed_(&failed.error()) {}                // NOLINT(google-explicit-constructor)

  explicit operator bool() const { return failed_ == nullptr; }
  T& value() { return value_; }
  const T& value() const { return value_; }
  T take() { return std::move(value_); }
  const Error& error() const { return *failed_; }
  Failed failed() const { return Failed::known(failed_); }

 private:
  T value_ = {};
  const Error* failed_ = nullptr;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  constexpr Result() = default;
  Result(const Error& error) : failed_(&Failed(error).error()) {}  // NOLINT(google-explicit-constructor)
  Result(Failed failed) : failed_(&failed.error()) {}              // NOLINT(google-explicit-constructor)

  explicit constexpr operator bool() const { return failed_ == nullptr; }
  constexpr void take() const {}
  const Error& error() const { return *failed_; }
  Failed failed() const { return Failed::known(failed_); }

 private:
  const Error* failed_ = nullptr;
};

// The value of `expression`, or return its error from the function that this stands in.
// Never use it in code that runs in a child between clone and exec and could return into the parent's code.
#define TRY(expression) TRY_INTO(TRY_NAME(__COUNTER__), expression)
#define TRY_NAME(number) TRY_PASTE(try_result_, number)  // a name for each, so that one TRY can stand in another
#define TRY_PASTE(left, right) left##right
#define TRY_INTO(result, expression)      \
  ({                                      \
    auto result = (expression);           \
    if (!result) return result.failed();  \
    result.take();                        \
  })

}  // namespace microctr

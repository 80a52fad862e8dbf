// Result<T>: a value or an Error; the compiler warns when one is dropped. TRY hands an error on to the caller.
//
// An Error is plain: a positive errno, what failed (a literal), the thing that it failed on and, where we know it, what
// to do next (a literal).
// A Result does not carry its Error but points to it: errors are kept in a small ring (error_ring_size), with a copy of
// the thing they failed on (error_subjects_size), so that a Result of something small travels in registers, which is a
// third of the size of this program. Whoever keeps an error while others may happen copies the Error.
// It must not be used for configuration errors, which have a place in a file: those are Diagnostics.
#pragma once

#include <cerrno>
#include <type_traits>
#include <utility>

#include "launcher/base/cstring.h"
#include "launcher/base/literal.h"
#include "launcher/base/phrase.h"

namespace microctr {

class Failed;

struct Error {
  int code = 0;          // errno, positive; 0: `what` says it all
  Phrase what = {};      // "open", "mount the overlay"
  CString subject = {};  // path, name, number as text; may be empty
  Phrase hint = {};      // what to do next; may be empty

  // The same error with one field replaced.
  Failed about(CString thing) const;
  Failed with_hint(Phrase advice) const;
  Failed doing(Phrase action) const;
};

inline constexpr std::size_t error_ring_size = 64;
inline constexpr std::size_t error_subjects_size = 16 * 1024;  // bytes; four of the longest paths

// An Error in the ring.
class Failed {
 public:
  static constexpr Failed known(const Error* error) { return Failed(error); }  // it is there

  const Error& error() const { return *error_; }
  operator const Error&() const { return *error_; }  // NOLINT(google-explicit-constructor)

  Failed about(CString thing) const { return error_->about(thing); }
  Failed with_hint(Phrase advice) const { return error_->with_hint(advice); }
  Failed doing(Phrase action) const { return error_->doing(action); }

 private:
  explicit constexpr Failed(const Error* error) : error_(error) {}

  const Error* error_;
};

// Puts an Error with these fields into the ring: `return fail(ENOENT, "open", path);`
Failed fail(int code, Phrase what);
Failed fail(int code, Phrase what, CString subject);
Failed fail(int code, Phrase what, CString subject, Phrase hint);

template <typename T>
class [[nodiscard]] Result {
 public:
  [[gnu::always_inline]] Result(T value) : value_(std::move(value)) {}  // NOLINT(google-explicit-constructor)
  Result(Failed failed) : failed_(&failed.error()) {}                   // NOLINT(google-explicit-constructor)
  // NOLINTNEXTLINE(google-explicit-constructor)
  Result(const Error& error) : Result(fail(error.code, error.what, error.subject, error.hint)) {}
  // An owner takes over what the other result only names.
  template <typename Bare>
  [[gnu::always_inline]] explicit Result(const Result<Bare>& bare) : value_(bare.value_), failed_(bare.failed_) {}

  // Inlined by force, so that the empty rest of a value that was taken costs nothing.
  Result(const Result&) = default;
  Result(Result&&) noexcept = default;
  Result& operator=(const Result&) = default;
  Result& operator=(Result&&) noexcept = default;
  [[gnu::always_inline]] ~Result() = default;

  explicit operator bool() const { return failed_ == nullptr; }
  T& value() { return value_; }
  const T& value() const { return value_; }
  T take() { return std::move(value_); }
  const Error& error() const { return *failed_; }
  Failed failed() const { return Failed::known(failed_); }

 private:
  template <typename>
  friend class Result;

  T value_ = {};
  const Error* failed_ = nullptr;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  constexpr Result() = default;
  Result(Failed failed) : failed_(&failed.error()) {}  // NOLINT(google-explicit-constructor)
  // NOLINTNEXTLINE(google-explicit-constructor)
  Result(const Error& error) : Result(fail(error.code, error.what, error.subject, error.hint)) {}

  explicit constexpr operator bool() const { return failed_ == nullptr; }
  constexpr void take() const {}
  const Error& error() const { return *failed_; }
  Failed failed() const { return Failed::known(failed_); }

 private:
  const Error* failed_ = nullptr;
};

// Text travels in two registers, like the view itself: one that failed has an impossible size.
template <>
class [[nodiscard]] Result<std::string_view> {
 public:
  Result(std::string_view text) : start_(text.data()), size_(text.size()) {}  // NOLINT(google-explicit-constructor)
  Result(Failed failed) : start_(&failed.error()), size_(no_size) {}          // NOLINT(google-explicit-constructor)
  // NOLINTNEXTLINE(google-explicit-constructor)
  Result(const Error& error) : Result(fail(error.code, error.what, error.subject, error.hint)) {}

  explicit operator bool() const { return size_ != no_size; }
  std::string_view value() const { return {static_cast<const char*>(start_), size_}; }
  std::string_view take() const { return value(); }
  const Error& error() const { return *static_cast<const Error*>(start_); }
  Failed failed() const { return Failed::known(&error()); }

 private:
  static constexpr std::size_t no_size = static_cast<std::size_t>(-1);

  const void* start_;  // of the text, or the error
  std::size_t size_;
};

// The value of `expression`, or return its error from the function that this stands in.
// Never use it in code that runs in a child between clone and exec and could return into the parent's code.
#define TRY(expression) TRY_INTO(TRY_NAME(__COUNTER__), expression)
#define TRY_NAME(number) TRY_PASTE(try_result_, number)  // a name for each, so that one TRY can stand in another
#define TRY_PASTE(left, right) left##right
#define TRY_INTO(result, expression)     \
  ({                                     \
    auto result = (expression);          \
    if (!result) return result.failed(); \
    result.take();                       \
  })

}  // namespace microctr

// A character array on the stack, under the eyes of the stack protector.
//
// Under link-time optimisation GCC 12 no longer knows an array of plain char for what it is (it has char as a type of
// the unit, not of the language), and -fstack-protector passes it by; an array of unsigned char it sees. What is
// guarded then are exactly the functions with a buffer. It must not be used for text that grows: TextBuffer.
#pragma once

#include <cstddef>
#include <span>

namespace microctr {

template <std::size_t N>
class Bytes {
 public:
  char* data() { return reinterpret_cast<char*>(bytes_); }
  operator char*() { return data(); }                 // NOLINT(google-explicit-constructor)
  operator std::span<char>() { return {data(), N}; }  // NOLINT(google-explicit-constructor)

 private:
  unsigned char bytes_[N];
};

}  // namespace microctr

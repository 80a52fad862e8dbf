// A vector of at most N elements inside its owner: no heap, one bound, and a full one says so.
//
// Owns its elements. Elements are default-constructed only when they are pushed, so that an empty vector touches no
// memory. It must not be used for elements with a destructor that matters; owners of descriptors are kept in arrays.
#pragma once

#include <cstddef>
#include <span>
#include <type_traits>

namespace microctr {

template <typename T, std::size_t N>
class FixedVector {
  static_assert(std::is_trivially_destructible_v<T>);

 public:
  constexpr FixedVector() : nothing_{} {}

  static constexpr std::size_t capacity() { return N; }
  constexpr std::size_t size() const { return size_; }
  constexpr bool empty() const { return size_ == 0; }
  constexpr bool full() const { return size_ == N; }

  // False when full; nothing is changed then.
  [[nodiscard]] constexpr bool push(const T& element) {
    if (full()) return false;
    elements_[size_++] = element;
    return true;
  }
  constexpr void clear() { size_ = 0; }
  constexpr void shrink(std::size_t size) {
    if (size < size_) size_ = size;
  }

  constexpr T& operator[](std::size_t index) { return elements_[index]; }
  constexpr const T& operator[](std::size_t index) const { return elements_[index]; }
  constexpr T& back() { return elements_[size_ - 1]; }
  constexpr const T& back() const { return elements_[size_ - 1]; }

  constexpr T* begin() { return elements_; }
  constexpr T* end() { return elements_ + size_; }
  constexpr const T* begin() const { return elements_; }
  constexpr const T* end() const { return elements_ + size_; }
  constexpr std::span<const T> view() const { return {elements_, size_}; }

 private:
  union {
    char nothing_;  // the elements' life begins with push
    T elements_[N];
  };
  std::size_t size_ = 0;
};

}  // namespace microctr

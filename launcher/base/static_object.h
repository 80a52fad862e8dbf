// An object that lives for the whole process and is made when it is first needed: no global constructor, and no
// destructor at exit, which would need the C++ runtime. Its memory is zero pages until then.
//
// Objects are made by their constructor and no more: `T()` would write zeros into every page of a T without a
// constructor of its own, also into the vectors and buffers whose elements' life has not begun.
#pragma once

#include <new>
#include <type_traits>
#include <utility>

#include "launcher/base/sys.h"

namespace microctr {

template <typename T>
class StaticObject {
 public:
  // Once only.
  template <typename... Arguments>
  T& make(Arguments&&... arguments) {
    if constexpr (sizeof...(Arguments) == 0)
      object_ = new (static_cast<char*>(storage_)) T;
    else
      object_ = new (static_cast<char*>(storage_)) T(std::forward<Arguments>(arguments)...);
    return *object_;
  }
  // Its memory is zero pages again, and it may be made anew.
  void forget() {
    static_assert(std::is_trivially_destructible_v<T>);
    object_ = nullptr;
    sys::forget_pages(static_cast<char*>(storage_), sizeof storage_);
  }
  bool is_made() const { return object_ != nullptr; }
  T& get() { return *object_; }

 private:
  alignas(T) char storage_[sizeof(T)];
  T* object_;
};

// A new T in the place of `object`.
template <typename T>
void make_anew(T& object) {
  static_assert(std::is_trivially_destructible_v<T>);
  new (&object) T;
}

}  // namespace microctr

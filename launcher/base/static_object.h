// An object that lives for the whole process and is made when it is first needed: no global constructor, and no
// destructor at exit, which would need the C++ runtime. Its memory is zero pages until then.
#pragma once

#include <new>
#include <utility>

namespace microctr {

template <typename T>
class StaticObject {
 public:
  // Once only.
  template <typename... Arguments>
  T& make(Arguments&&... arguments) {
    object_ = new (static_cast<char*>(storage_)) T(std::forward<Arguments>(arguments)...);
    return *object_;
  }
  bool is_made() const { return object_ != nullptr; }
  T& get() { return *object_; }

 private:
  alignas(T) char storage_[sizeof(T)];
  T* object_;
};

}  // namespace microctr

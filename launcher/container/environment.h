// The environment of a container's program: a documented minimum, then the environment files, then `env`; the last
// word on a name counts.
#pragma once

#include "launcher/base/arena.h"
#include "launcher/base/limits.h"
#include "launcher/container/identity.h"

namespace microctr {

class Environment {
 public:
  // PATH, HOME, HOSTNAME, container=microctr; then `files`, then `env`. All text but HOME and HOSTNAME is only
  // pointed at. E2BIG when it is too much.
  Result<void> build(const Spec& spec, const Resolved& identity, std::span<const CString> files);

  // Another one; replaces one of its name.
  Result<void> add(CString variable);

  std::string_view value_of(std::string_view name) const;
  const char* const* pointers() const { return pointers_; }  // ends with a null pointer

 private:
  static constexpr std::size_t most = 2 * limits::environment + 8;
  const char* pointers_[most + 1] = {};
  std::size_t count_ = 0;
  char storage_[512];  // HOME and HOSTNAME
};

}  // namespace microctr

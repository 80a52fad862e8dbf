#include "launcher/container/environment.h"

#include "launcher/base/text.h"

namespace microctr {

namespace {

constexpr CString default_path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

std::string_view name_of(std::string_view variable) { return leading(variable, position(variable, '=')); }

}  // namespace

Result<void> Environment::build(const Spec& spec, const Resolved& identity, std::span<const CString> files) {
  Arena arena({static_cast<char*>(storage_), sizeof storage_});
  TRY(add(default_path));
  TRY(add(TRY(arena.join("HOME=", static_cast<const char*>(identity.home)))));
  TRY(add(TRY(arena.join("HOSTNAME=", spec.hostname.empty() ? spec.name.view() : spec.hostname.view()))));
  TRY(add("container=microctr"));
  for (const CString variable : files) TRY(add(variable));
  for (const CString variable : spec.environment) TRY(add(variable));
  return {};
}

Result<void> Environment::add(CString variable) {
  for (std::size_t index = 0; index < count_; ++index) {
    if (name_of(pointers_[index]) == name_of(variable)) {
      pointers_[index] = variable.c_str();
      return {};
    }
  }
  if (count_ == most) return fail(E2BIG, "hold the environment"_p);
  pointers_[count_++] = variable.c_str();
  return {};
}

std::string_view Environment::value_of(std::string_view name) const {
  for (std::size_t index = 0; index < count_; ++index) {
    const std::string_view variable = pointers_[index];
    if (name_of(variable) == name && variable.size() > name.size()) return after(variable, name.size() + 1);
  }
  return {};
}

}  // namespace microctr

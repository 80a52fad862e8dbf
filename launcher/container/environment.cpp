#include "launcher/container/environment.h"

#include "launcher/base/sys.h"
#include "launcher/base/text.h"

namespace microctr {

namespace {

constexpr CString default_path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

// The kernel also says ENOENT when the file is there and its interpreter or dynamic loader is not.
Failed try_program(CString path, const char* const* arguments, const Environment& environment) {
  const Failed failed = sys::execute(path.c_str(), arguments, environment.pointers()).failed();
  const bool there = failed.error().code == ENOENT && sys::status_at(sys::working_directory, path, 0);
  return there ? fail(ENOEXEC, "execute", path) : failed;
}

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

Failed execute_words(std::span<const CString> words, const Environment& environment) {
  const char* arguments[limits::arguments + 1] = {};
  for (std::size_t index = 0; index < words.size(); ++index) arguments[index] = words[index].c_str();
  const CString program = words[0];
  if (contains(program.view(), '/')) {
    return try_program(program, arguments, environment);
  }
  int code = ENOENT;
  std::string_view rest = environment.value_of("PATH");
  while (!rest.empty()) {
    const std::string_view directory = cut(rest, ':');
    TextBuffer<limits::path> path(directory.empty() ? "." : directory, "/", program);
    if (path.overflowed()) continue;
    const Failed failed = try_program(path.text(), arguments, environment);
    // One that may not be executed is worth more in the message than one that is not there.
    if (failed.error().code != ENOENT && failed.error().code != ENOTDIR) code = failed.error().code;
  }
  return fail(code, "execute", program);
}

}  // namespace microctr

// The cgroup of one health check, below the container's: what the check has started can be killed as a whole.
//
// It has no limits of its own; those of the container hold for it. It is left to the container's end where it cannot be
// removed.
#pragma once

#include "launcher/base/limits.h"
#include "launcher/base/result.h"
#include "launcher/base/text.h"
#include "launcher/plan/plan.h"

namespace microctr {

class HealthCgroup {
 public:
  // `record`: the container's, whose journal lists its cgroups.
  explicit HealthCgroup(CString record) : record_(record) {}

  // What an earlier check has left is killed first. Without a cgroup of the container there is none: success.
  Result<void> make(const Plan& plan);
  void kill();
  void remove();

  CString path() const { return path_.text(); }  // empty: none

  // How often a process of the container was refused or killed since it has been there, because of the container's
  // limits of processes and memory. Grows only.
  std::uint64_t count_refusals() const;

 private:
  CString record_;
  TextBuffer<limits::path> path_;
};

// Whether the kernel has killed a process of the container of `record` for want of memory.
bool was_out_of_memory(CString record);

// The number behind `name` in "NAME NUMBER" lines; 0: none.
std::uint64_t number_of(std::string_view lines, std::string_view name);

}  // namespace microctr

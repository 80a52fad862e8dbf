// The standard policy: what docker's default profile (moby/profiles, seccomp/default_linux.go) allows for the
// container's capabilities and kernel, without TIOCSTI and TIOCLINUX, and with what containers inside need where
// `nesting` asks for it.
//
// A byte for each call, made at compile time from lists of names; a name that is not in the table does not compile.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "launcher/base/sys.h"
#include "launcher/seccomp/policy.h"

namespace microctr::seccomp {

struct PolicyContext {
  std::uint64_t capabilities = 0;  // the bounding set
  sys::KernelRelease kernel;
  bool nesting = false;  // containers shall run inside
  bool sealed = false;   // the command is executed through the sealed program
  bool early = false;    // the filter is loaded before our last steps, for which it needs a privilege
};

constexpr bool is_at_least(const sys::KernelRelease& kernel, unsigned major, unsigned minor) {
  return kernel.major > major || (kernel.major == major && kernel.minor >= minor);
}

// Calls that are opened by the same. `refused` and `always` do not depend on the container.
enum class Group : std::uint8_t {
  refused,
  not_there,  // refused as if the kernel did not know them
  always,
  tested,  // always, where their arguments pass a test
  cloning,
  cloning_by_structure,
  mounting,
  changing_root,
  pivoting_root,
  administering,
  reading_log,
  loading_bpf,
  measuring,
  opening_by_handle,
  booting,
  loading_modules,
  accounting,
  tracing,
  tracing_safely,
  driving_ports,
  setting_time,
  hanging_up,
  placing_memory,
};
inline constexpr std::size_t group_count = static_cast<std::size_t>(Group::placing_memory) + 1;

Group group_of(Call call);

// Capabilities of which any one opens the group; 0 when none does.
std::uint64_t openers_of(Group group);
bool is_opened_by_nesting(Group group);
bool is_open(Group group, const PolicyContext& context);

// What becomes of every call of the group; nothing where tests of its arguments decide.
std::optional<Action> answer_of(Group group, const PolicyContext& context);

// What becomes of a call. Where there are rules they are tried first, and `otherwise` is for what none fits.
struct Decision {
  Action otherwise;
  std::span<const Rule> rules;
};
Decision decide(Call call, const PolicyContext& context);

std::span<const Test> standard_tests();

}  // namespace microctr::seccomp

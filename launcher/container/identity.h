// Who the container's program is: names looked up inside the container, capabilities, the change of identity itself.
//
// /etc/passwd and /etc/group inside belong to the container and may be hostile: they are read as bounded text, through
// the resolver, and only strict numbers are taken from them (CVE-2026-30892).
#pragma once

#include <sys/types.h>

#include "launcher/base/fixed_vector.h"
#include "launcher/base/limits.h"
#include "launcher/base/result.h"
#include "launcher/spec/spec.h"

namespace microctr {

struct Resolved {
  uid_t user = 0;
  gid_t group = 0;
  FixedVector<gid_t, limits::groups> groups;
  char home[256] = "/root";
};

// `root`: descriptor of the container's "/". ENOENT: no such name; EINVAL: its line is malformed.
Result<void> resolve_identity(const Spec& spec, int root, Resolved& identity);

enum class GroupList : bool { set, forbidden };  // forbidden: under a single map the kernel allows no setgroups

// Takes on user, group and groups. Capabilities stay permitted, so that set_capabilities can choose.
Result<void> set_identity(const Resolved& identity, GroupList groups);

// Removes every capability that is not in `kept` from the bounding set.
Result<void> drop_bounding(std::uint64_t kept);

// Permitted and effective become `wanted`, as far as we have it; EPERM when one of `required` is missing. Inheritable
// and ambient are empty, but for another user than root, who would otherwise lose them at exec.
Result<void> set_capabilities(const Resolved& identity, std::uint64_t wanted, std::uint64_t required);

}  // namespace microctr

// Removes a file or a whole directory tree, also one that somebody hostile has filled.
//
// By descriptors only: no symbolic link is followed, no mount is entered (a mount point is EBUSY and stays), whoever
// rearranges the tree meanwhile. It must not be used on a directory whose parent others may write to, unless the
// caller has made sure of the name.
#pragma once

#include "launcher/base/cstring.h"
#include "launcher/base/result.h"

namespace microctr {

inline constexpr unsigned deepest_tree = 128;  // levels that remove_tree goes down; one descriptor is open for each

// `name` is one component in `directory`. Nothing there is success. After an error it goes on with the rest and returns
// the first error, about `name`. Errors: EINVAL `name` is not one component; ENAMETOOLONG deeper than `deepest_tree`;
// EBUSY a mount point, or somebody keeps filling it; what unlink(2) says.
Result<void> remove_tree(int directory, CString name);

}  // namespace microctr

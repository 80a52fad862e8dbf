// The one path resolver for paths inside a container's root.
//
// A path is walked as if `root` were "/": "..", absolute and relative symbolic links stay inside, magic links (those
// of /proc) are refused. The result is a descriptor, and whoever mounts, writes or chowns does it on that descriptor,
// so that a later swap of a path component changes nothing (CVE-2021-30465, CVE-2024-45310).
// openat2(2) does it in one call; kernels before 5.6, and those that give up on "..", get a walk by component with the
// same rules.
#pragma once

#include "launcher/base/cstring.h"
#include "launcher/base/fd.h"
#include "launcher/base/result.h"

namespace microctr {

enum class Symlinks : bool { follow, refuse };
enum class Missing : bool { refuse, create };
enum class MountPoint : bool { directory, file };

// Opens `path` below `root` with open(2) `flags` (O_CLOEXEC is added). With Symlinks::refuse no component may be a
// symbolic link (ELOOP). Errors as open(2), ELOOP for magic links.
Result<Fd> open_inside(int root, CString path, int flags, Symlinks symlinks);

// An O_PATH descriptor of a directory that belongs to the file system of `root` itself: no component may be a symbolic
// link (ELOOP) or a mount point (EXDEV).
Result<Fd> open_own_directory(int root, CString path);

// An O_PATH descriptor of the place where something shall be mounted; what is missing is made, component by component,
// when `missing` allows it. ENOTDIR or EISDIR when it exists as the other kind.
Result<Fd> open_mount_point(int root, CString path, MountPoint kind, Symlinks symlinks, Missing missing);

}  // namespace microctr

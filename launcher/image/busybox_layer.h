// The BusyBox lower layer: directories, the binary, one link for each applet, and the minimal /etc that programs
// expect. What create_lowerfs.sh did, but built aside and renamed, so that a layer is there whole or not at all.
#pragma once

#include "launcher/base/cstring.h"
#include "launcher/base/result.h"

namespace microctr {

enum class InUse : bool { no, yes };

// Builds the layer in `directory`; an existing complete one with other content is replaced by the new one in one step,
// unless it is in use: an overlay does not survive an exchange of what is below it. `busybox` is a static BusyBox for
// this machine; empty: the machine's own, searched along PATH.
// Errors: ENOENT no busybox found; ENOEXEC not an ELF program of this machine; EINVAL dynamically linked; EEXIST
// `directory` exists and is not a BusyBox layer; EBUSY it is in use; ENOSPC. Nothing is left of a failed build.
Result<void> build_busybox_layer(CString busybox, CString directory, InUse in_use);

// Builds it with the machine's own BusyBox when there is none yet.
Result<void> ensure_busybox_layer(CString directory);

}  // namespace microctr

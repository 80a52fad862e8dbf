// The label that a security module gives the container's program: an AppArmor profile or an SELinux context.
//
// It is told to the kernel for the next exec of this process. The file for that is reached through the host's /proc,
// verified: one that the container offers could swallow the label (CVE-2019-16884, CVE-2021-30465).
#pragma once

#include "launcher/base/fd.h"
#include "launcher/plan/plan.h"

namespace microctr {

// The host's /proc; to be opened before its mount namespace is left. EPERM: it is not a procfs.
Result<Fd> open_host_proc();

// What a step set_label says. ENOENT, EINVAL: the module does not know the label; EACCES: it forbids the change.
Result<void> set_label(int proc, const Step& step);

}  // namespace microctr

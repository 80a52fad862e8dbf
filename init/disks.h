// The file systems that init.conf names: waited for, checked when asked, mounted.
//
// A check runs beside process 1 and has a limit. What it could not mend is mounted read-only: the data can be reached,
// and nothing makes it worse. It must not be used for the root itself: root.h.
#pragma once

#include "init/watchdog.h"
#include "launcher/spec/machine.h"

namespace microctr {

// False: one without a leading '-' is not mounted.
bool mount_disks(const Machine& machine, Watchdog& watchdog);

// As mount(8) does it with these options, in a child with a limit of two minutes; with type "auto" the types of
// /proc/filesystems that have a device, one after the other.
Result<void> mount_device(CString source, CString target, CString type, std::uint64_t flags, CString data,
                          Watchdog& watchdog);

// A file becomes a read-only block device that goes with its last user: the device is given open, so that it lives
// until it is mounted, and its path is written.
Result<Fd> attach_image(CString file, TextWriter& device);

}  // namespace microctr

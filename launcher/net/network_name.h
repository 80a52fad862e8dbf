// The name of a container's network namespace below /run/netns, where `ip netns exec NAME` and its relatives look.
//
// It is a link to /proc/PID/ns/net: opening it is opening the namespace, while a mount for each container would make
// every later mount namespace slower. Where a device of the host lives in the namespace, it is a bind mount: that holds
// the namespace after the last process, so that the device can be given back even when everybody was killed.
// A name that somebody else has is left alone, and the container has none.
#pragma once

#include <sys/types.h>

#include "launcher/base/fd.h"
#include "launcher/base/result.h"
#include "launcher/net/register.h"

namespace microctr {

enum class Holding : bool { link, mount };

// EEXIST: the name is somebody else's. For Holding::link that is success without a name.
Result<void> name_network(CString container, pid_t process, Holding holding);

// Gives back the devices that the register says are inside, and removes the name if it is that of `owner`: "PID:INODE"
// of a process that has ended, and of its network namespace. One that is not there is success. The caller holds the
// RuntimeLock.
Result<void> unname_network(CString runtime, CString container, std::string_view owner);

// The network namespace that has the name.
Result<Fd> open_network(CString container);

}  // namespace microctr

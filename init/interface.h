// An interface of the machine itself: a process of its own waits until the link is there and configures it.
//
// Runs as this program under the name `interface_name`, with the line of init.conf as its argument; the loop of process
// 1 neither waits for a link nor polls for one. With dhcp it becomes BusyBox udhcpc, which calls this program again as
// `lease_name`. It must not be used for a container's interfaces: launcher/container/dhcp.h.
#pragma once

#include "launcher/base/cstring.h"

namespace microctr {

inline constexpr Literal interface_name = "microctr-interface";
inline constexpr Literal lease_name = "microctr-address";

int run_interface(CString line);  // exit status; returns only when something is wrong
int hear_lease(CString event, const char* const* environment);

}  // namespace microctr

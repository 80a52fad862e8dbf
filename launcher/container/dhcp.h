// An address by DHCP: BusyBox udhcpc asks for it, renews it and releases it; we are the script that it calls.
//
// One client for each interface with `ip = dhcp`, a child of the launcher in the container's network namespace and the
// machine's own mounts. The container's program does not wait for the lease. What the server said is written into the
// register of the networks, whose readers do the rest: other containers' names, this one's resolv.conf.
#pragma once

#include "launcher/container/launch.h"

namespace microctr {

bool has_dhcp_client();
CString find_dhcp_client();  // the first of the usual places that has one; empty: none

// ENOENT: the machine has no BusyBox, and no udhcpc.
Result<void> start_dhcp(LaunchContext& context, const Step& step, pid_t pid);

// The name by which udhcpc calls this program.
inline constexpr Literal dhcp_script_name = "microctr-lease";

// What udhcpc says in its environment: `event` is deconfig, bound, renew, nak or leasefail. The exit status.
int hear_dhcp(CString event, const char* const* environment);

}  // namespace microctr

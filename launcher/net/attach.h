// Puts a container on the network: the calls that the launcher makes, each one conversation with the kernel.
//
// A veth pair is born with one end in the container. Both indexes are chosen here and not by the kernel, so that
// everything that belongs to one side is one batch: one send, one answer. The host's end carries the alias
// `microctr:NAME`, and only a link with that alias is ever deleted. Teardown normally deletes nothing: the pair goes
// with the container's network namespace.
// Errors carry the link's name and, where the kernel's errno is known to mislead, a hint. Nothing here is logged.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <span>

#include "launcher/base/cstring.h"
#include "launcher/base/result.h"
#include "launcher/spec/spec.h"

namespace microctr {

// The index of a container's interface inside: eth0 is 100. Small numbers are not free in every new namespace: a
// kernel with ip_gre, sit or ipip puts their fallback devices (net.core.fb_tunnels_only_for_init_net) at 2 to 10.
inline constexpr std::uint32_t first_inside_index = 100;
inline constexpr unsigned interfaces_of_container = 16;

// The index of the host's end, from the inode of the container's network namespace (/proc/PID/ns/net) and the
// number of the interface, below `interfaces_of_container`. No two living namespaces of a machine share an inode,
// and a veth is gone before the number of its namespace is given again; the kernel itself counts up from 1 and does
// not come this far.
constexpr std::uint32_t host_link_index(std::uint64_t namespace_inode, unsigned interface) {
  return 1U << 30 | (static_cast<std::uint32_t>(namespace_inode) & 0x03ff'ffffU) << 4 | (interface & 0xfU);
}

struct VethPlan {
  CString host_name;    // at most 15 characters (write_host_link_name)
  CString inside_name;  // at most 15 characters
  CString owner;        // the container's name
  std::span<const Address> host_addresses = {};
  unsigned interface = 0;  // 0 for eth0, 1 for eth1 …
};

// In the caller's network namespace, towards that of the process `target`, which must still be alive and must have
// one of its own. The host's end is up, marked and has its addresses. Reads /proc. Either all of it or nothing.
// Errors: EEXIST the host's name is taken (also by the pair of an earlier run whose namespace is just being taken
// down: delete_link_if_ours and once more); EOPNOTSUPP no veth, or no IPv6, in the kernel; EPERM; ENOENT no such
// process.
Result<void> create_veth(const VethPlan& plan, pid_t target);

struct InsidePlan {
  CString name;  // for messages; the link has it already
  std::span<const Address> addresses = {};
  const Address* gateway4 = nullptr;
  const Address* gateway6 = nullptr;
  unsigned interface = 0;
};

// In the container's network namespace, after create_veth: loopback and the interface up, addresses, default routes.
// A gateway outside all subnets is taken to be on the link itself. What was done before an error stays: the
// namespace ends with the container.
Result<void> configure_inside(const InsidePlan& plan);
Result<void> bring_up_loopback();

// Deletes the link when it carries the alias of `owner`; waits until it is gone (about 30 ms). A link that is missing
// or belongs to somebody else is success.
Result<void> delete_link_if_ours(CString host_name, CString owner);

}  // namespace microctr

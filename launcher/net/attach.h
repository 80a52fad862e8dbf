// Puts a container on the network: the calls that the launcher makes, each one conversation with the kernel.
//
// A link is born in the container's network namespace (a pair with one end there). Its indexes are chosen here and not
// by the kernel, so that everything that belongs to one side is one batch: one send, one answer. The host's end of a
// pair carries the alias `microctr:NAME`, and only a link with that alias is ever deleted. Teardown normally deletes
// nothing: the links go with the container's network namespace.
// Errors carry the link's name and, where the kernel's errno is known to mislead, a hint. Nothing here is logged.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <span>

#include "launcher/base/cstring.h"
#include "launcher/base/result.h"
#include "launcher/net/link.h"
#include "launcher/net/netlink_socket.h"
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

// One interface on its way into a container.
struct LinkPlan {
  NetworkMode mode = NetworkMode::veth;  // veth, bridge, macvlan, ipvlan or interface
  CString host_name;                     // of the host's end of a pair; at most 15 characters (write_host_link_name)
  CString inside_name;                   // at most 15 characters
  CString owner;                         // the container's name
  unsigned interface = 0;                // 0 for eth0, 1 for eth1 …
  std::uint32_t link = 0;                // index of the bridge, the parent or the device
  HardwareAddress mac = {};              // of a link that can have one of its own
  bool keeps_mac = false;                // ipvlan, and a device that keeps what it has
  std::uint32_t mtu = 0;                 // bytes; 0: the kernel's default
  bool hairpin = false;                  // of the host's end, a port of a bridge (add_port_hairpin)
  bool mutes_port = false;               // of the host's end (add_link_mute)
  std::span<const Address> host_addresses = {};  // of the host's end
};

// From the network namespace of `socket`, which has the host's end, parent or device, to `target`, which must have one
// of its own. The host's end is up, marked and has its addresses. Either all of it or nothing. The pair of an earlier
// run whose namespace is just being taken down is deleted first, which takes about 30 ms.
// Errors: EEXIST the host's name is taken by somebody else; EOPNOTSUPP the kernel lacks this kind of link, or IPv6;
// EINVAL the device cannot be moved, or another kind of link is on this parent; EPERM; ENODEV the bridge is gone.
Result<void> create_link(netlink::NetlinkSocket& socket, const LinkPlan& plan, netlink::Target target,
                         std::uint64_t namespace_inode);

struct InsidePlan {
  CString name;  // for messages; the link has it already
  std::span<const Address> addresses = {};
  std::span<const Address> gateways = {};  // of its default routes; at most one of each family
  unsigned interface = 0;
  bool mutes = false;                    // add_link_mute
  bool is_device = false;                // moved in: its index is asked for by its name, and it gets what follows here
  const HardwareAddress* mac = nullptr;  // null: as it is
  std::uint32_t mtu = 0;                 // 0: as it is
};

// In the container's network namespace, given by `socket`, after create_link: loopback and the interfaces up,
// addresses, default routes, in one batch. A gateway outside all subnets of its interface is taken to be on the link
// itself. What was done before an error stays: the namespace ends with the container.
Result<void> configure_inside(netlink::NetlinkSocket& socket, std::span<const InsidePlan> plans);
Result<void> bring_up_loopback();  // in the caller's own

// A device goes back to `target` (the host), under its own name and with its own settings. `socket` is in the
// container's network namespace. One that is not there is success.
struct DeviceBefore {
  CString name;
  CString inside_name;
  HardwareAddress mac = {};
  std::uint32_t mtu = 0;
  bool was_up = false;
};
Result<void> give_back_device(netlink::NetlinkSocket& inside, netlink::NetlinkSocket& host, const DeviceBefore& device,
                              netlink::Target target);

}  // namespace microctr

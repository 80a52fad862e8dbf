// Bridges of ours: their subnet, their birth and their end.
//
// A bridge of ours has an index that its name gives, so that a port can be born on it without asking for it, and a
// hardware address of its own, so that it does not change with its ports. Whether it is needed any more, the register
// knows (register.h); nothing here does.
#pragma once

#include "launcher/base/hash.h"
#include "launcher/net/netlink_socket.h"
#include "launcher/spec/spec.h"

namespace microctr {

// Above what the kernel counts to, and below the indexes of host ends (attach.h).
constexpr std::uint32_t bridge_index(std::string_view name) {
  return 1U << 29 | static_cast<std::uint32_t>(fold_hash(hash_of(name)) & 0x0fff'ffff);
}

// The addresses of a new bridge: those of the `wished` subnets, or of the first of our own choice that no route of the
// machine leads to. The choice leaves out what docker, podman, LXC, libvirt and Kubernetes take. EADDRINUSE: a wished
// one collides with a route; all of our choice do. EAFNOSUPPORT: an IPv6 subnet, and IPv6 is off.
Result<void> choose_bridge_addresses(netlink::NetlinkSocket& socket, std::span<const Address> wished,
                                     FixedVector<Address, 2>& addresses);

// Up, marked as ours, with its addresses. One that is ours and left behind is made anew. EEXIST: a link of this name is
// there, and not ours.
Result<void> create_bridge(netlink::NetlinkSocket& socket, CString name, std::span<const Address> addresses);

// By the index that only a bridge of ours can have; a missing one is success.
Result<void> delete_bridge(netlink::NetlinkSocket& socket, CString name);

}  // namespace microctr

// rtnetlink messages about links, addresses and routes, each added to a batch (rtnetlink(7)).
//
// Pure: nothing here makes a system call. Links are named by index wherever the message follows another one of the
// same batch: the kernel does not stop at a refused message, and an index that exists only when the creation
// succeeded keeps the rest of the batch from touching a link of somebody else.
#pragma once

#include <sys/types.h>

#include "launcher/net/netlink.h"
#include "launcher/spec/spec.h"

namespace microctr::netlink {

inline constexpr std::uint32_t loopback_index = 1;  // in every network namespace (LOOPBACK_IFINDEX of the kernel)

struct VethPair {
  CString host_name;
  std::uint32_t host_index = 0;
  CString inside_name;
  std::uint32_t inside_index = 0;
  pid_t target = 0;  // the inside end is born in this process's network namespace
};

// The host's end is up at once. Its counterpart cannot be: the kernel opens it before the two know each other.
void add_veth(Batch& batch, const VethPair& pair);
void add_link_up(Batch& batch, std::uint32_t index);
void add_link_alias(Batch& batch, std::uint32_t index, std::string_view alias);  // at most 255 characters
void add_link_query(Batch& batch, CString name);
void add_link_deletion(Batch& batch, std::uint32_t index);

// IPv4 with its broadcast address where the subnet has one; IPv6 without duplicate address detection, so that it can
// be used at once (a pair's two ends are ours alone).
void add_address(Batch& batch, std::uint32_t index, const Address& address);

enum class GatewayReach : std::uint8_t {
  by_subnet,  // one of the interface's addresses has the gateway in its subnet
  on_link,    // the gateway answers on the link although no subnet says so (/32 and /128 addresses)
};
void add_default_route(Batch& batch, std::uint32_t index, const Address& gateway, GatewayReach reach);

// What an answer to add_link_query says.
struct LinkAnswer {
  std::uint32_t index = 0;
  std::string_view alias = {};  // a view into the answer
};
std::optional<LinkAnswer> read_link(const Message& message);

}  // namespace microctr::netlink

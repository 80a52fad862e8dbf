// IP addresses as text and what belongs to a subnet. Strict: IPv4 as four decimal numbers without leading zeros,
// IPv6 as in RFC 4291 (with `::` and an IPv4 tail), no zone.
//
// Pure; inet_pton would do the same for the text, but is one more thing to link and differs between C libraries.
#pragma once

#include <optional>
#include <string_view>

#include "launcher/base/text.h"
#include "launcher/spec/spec.h"

namespace microctr {

// The address alone; prefix is that of a single host (32 or 128).
std::optional<Address> parse_address(std::string_view text);

unsigned address_bits(const Address& address);  // 32 or 128

// Compares family and address, not the prefix.
bool is_same_address(const Address& left, const Address& right);

// True when `other` has the family of `address` and lies in the subnet of its prefix.
bool is_in_subnet(const Address& address, const Address& other);

// The first (network) or last (IPv4: broadcast) address of the subnet. Subnets of one or two addresses have neither.
bool is_first_of_subnet(const Address& subnet, const Address& address);
bool is_broadcast_of_subnet(const Address& subnet, const Address& address);

// True when an interface can have it: not unspecified, loopback, multicast or (IPv4) reserved.
bool is_usable_address(const Address& address);

// Without the prefix; IPv6 in the form of RFC 5952.
void format_address(const Address& address, TextWriter& writer);

}  // namespace microctr

// IP and hardware addresses as text and what belongs to a subnet. Strict: IPv4 as four decimal numbers without leading
// zeros, IPv6 as in RFC 4291 (with `::` and an IPv4 tail), no zone.
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

// ADDRESS/PREFIX, the prefix from 1 to the bits of the family. The bits behind the prefix stay as written.
std::optional<Address> parse_subnet(std::string_view text);

unsigned address_bits(const Address& address);  // 32 or 128

// Compares family and address, not the prefix.
bool is_same_address(const Address& left, const Address& right);

// True when `other` has the family of `address` and lies in the subnet of its prefix.
bool is_in_subnet(const Address& address, const Address& other);

// The first (network) or last (IPv4: broadcast) address of the subnet. Subnets of one or two addresses have neither.
bool is_first_of_subnet(const Address& subnet, const Address& address);
bool is_broadcast_of_subnet(const Address& subnet, const Address& address);

// The subnet's own address: the bits behind the prefix are zero.
Address network_of(const Address& address);

// The address of a bridge whose `bridge_subnet` is this: as written, or the subnet's first one where the bits behind
// the prefix are zero (10.9.0.0/24 and 10.9.0.1/24 are the same).
Address bridge_address_of(const Address& subnet);

// True when an interface can have it: not unspecified, loopback, multicast or (IPv4) reserved.
bool is_usable_address(const Address& address);

// Without the prefix; IPv6 in the form of RFC 5952.
void format_address(const Address& address, TextWriter& writer);

// Six pairs of hexadecimal digits between colons.
std::optional<HardwareAddress> parse_hardware_address(std::string_view text);
void format_hardware_address(const HardwareAddress& address, TextWriter& writer);

// One that a container's interface keeps over restarts: 02 (unicast, locally administered) and 40 bits of the FNV-1a
// hash of CONTAINER/INTERFACE. Of 1,000 on one link two are the same with a probability of 5 in ten million.
HardwareAddress derive_hardware_address(std::string_view container, std::string_view interface);

}  // namespace microctr

#include "launcher/net/lease.h"

#include <sys/socket.h>

#include <algorithm>

#include "launcher/base/hash.h"
#include "launcher/spec/address.h"

namespace microctr {

namespace {

// The largest part of a subnet that is searched: a bridge has at most 1023 ports.
constexpr std::uint64_t most_tries = 4096;

// A host number as the last bytes of the subnet's address.
Address nth_of_subnet(const Address& subnet, std::uint64_t number) {
  Address address = network_of(subnet);
  std::size_t at = address_bits(address) / 8;
  for (; number != 0 && at > 0; number >>= 8) {
    --at;
    address.bytes[at] = static_cast<std::uint8_t>(address.bytes[at] | (number & 0xff));
  }
  return address;
}

// How many addresses a host may have: without the subnet's own and, in IPv4, the broadcast address.
std::uint64_t host_count(const Address& subnet) {
  const unsigned bits = std::min(address_bits(subnet) - subnet.prefix, 48U);
  return (std::uint64_t{1} << bits) - (subnet.family == AF_INET ? 2 : 1);
}

// From `cursor` on, the next entry of `kind` that has the address on the bridge.
std::optional<Entry> find_holder(const Register& entries, std::size_t& cursor, std::string_view kind, CString bridge,
                                 const Address& address) {
  TextBuffer<64> text;
  format_address(address, text);
  while (const auto entry = entries.next(cursor, kind, text.view())) {
    if (entry->field[0] != bridge.view()) continue;
    std::string_view addresses = entry->field[3];
    while (const auto held = next_address(addresses)) {
      if (is_same_address(*held, address)) return entry;
    }
  }
  return {};
}

std::optional<Entry> find_holder(const Register& entries, std::string_view kind, CString bridge,
                                 const Address& address) {
  std::size_t cursor = 0;
  return find_holder(entries, cursor, kind, bridge, address);
}

bool is_of(const Entry& entry, const LeaseWish& wish) {
  return entry.field[0] == wish.bridge.view() && entry.field[1] == wish.container.view() &&
         entry.field[2] == wish.interface.view();
}

// What is left of an earlier life goes; its addresses are given.
void take_own(const LeaseWish& wish, Register& entries, FixedVector<Address, limits::addresses>& earlier) {
  std::size_t cursor = 0;
  while (const auto entry = entries.next(cursor, {}, wish.container)) {
    if (!(entry->is("kept") || entry->is("lease")) || !is_of(*entry, wish)) continue;
    std::string_view addresses = entry->field[3];
    while (const auto address = next_address(addresses)) (void)earlier.push(*address);
    entries.erase(cursor);
  }
}

// A kept address that somebody needs goes from the one who no longer runs.
void take_kept(Register& entries, CString bridge, const Address& address) {
  std::size_t cursor = 0;
  while (find_holder(entries, cursor, "kept", bridge, address)) entries.erase(cursor);
}

bool is_free(const LeaseWish& wish, const Register& entries, const Address& candidate, Keep respect_kept) {
  for (const Address& own : wish.bridge_addresses) {
    if (is_same_address(own, candidate)) return false;
  }
  if (find_holder(entries, "lease", wish.bridge, candidate)) return false;
  return respect_kept == Keep::no || !find_holder(entries, "kept", wish.bridge, candidate);
}

std::optional<Address> choose(const LeaseWish& wish, const Register& entries, const Address& subnet,
                              std::span<const Address> earlier, Keep respect_kept) {
  for (Address address : earlier) {
    address.prefix = subnet.prefix;  // which may be another one now
    if (!is_in_subnet(subnet, address) || is_broadcast_of_subnet(subnet, address)) continue;
    if (is_free(wish, entries, address, respect_kept)) return address;
  }
  TextBuffer<limits::name + 32> seed(wish.container, "/", wish.interface);
  const std::uint64_t count = host_count(subnet);
  const std::uint64_t start = hash_of(seed.view()) % count;
  for (std::uint64_t step = 0; step < std::min(count, most_tries); ++step) {
    Address candidate = nth_of_subnet(subnet, 1 + (start + step) % count);
    candidate.prefix = subnet.prefix;
    if (is_free(wish, entries, candidate, respect_kept)) return candidate;
  }
  return {};
}

Result<void> add_line(const LeaseWish& wish, Register& entries, std::span<const Address> addresses) {
  TextBuffer<64 * limits::addresses> text;
  for (const Address& address : addresses) {
    if (text.size() != 0) text.add(' ');
    format_with_prefix(address, text);
  }
  TextBuffer<(limits::aliases + 1) * 64> names(wish.container);
  for (const CString alias : wish.aliases) names.add(' ', alias);
  if (names.overflowed()) return fail(0, "the network aliases are too long together (limit 1024 bytes)"_p);
  const TextBuffer<8> number(wish.number);
  return entries.add("lease", {wish.bridge, wish.container, wish.interface, text.size() == 0 ? "-" : text.view(),
                               names.view(), number.view()});
}

Result<void> reserve(const LeaseWish& wish, Register& entries, const Address& address) {
  if (const auto holder = find_holder(entries, "lease", wish.bridge, address)) {
    TextBuffer<256> who;
    format_address(address, who);
    who.add(" on ", wish.bridge, " by ", holder->field[1]);
    return fail(EADDRINUSE, "use an address that another container has:"_p, who.text(),
                "choose another ip, or none on a bridge of ours"_p);
  }
  take_kept(entries, wish.bridge, address);
  return {};
}

}  // namespace

Result<void> lease_addresses(const LeaseWish& wish, Register& entries, FixedVector<Address, limits::addresses>& given) {
  FixedVector<Address, limits::addresses> earlier;
  take_own(wish, entries, earlier);
  given.clear();
  for (const Address& address : wish.addresses) {
    if (wish.bridge != "-") TRY(reserve(wish, entries, address));
    (void)given.push(address);
  }
  for (const Address& subnet : wish.bridge_addresses) {
    if (!wish.addresses.empty() || wish.dynamic) break;
    auto chosen = choose(wish, entries, subnet, earlier.view(), Keep::yes);
    if (!chosen) chosen = choose(wish, entries, subnet, {}, Keep::no);
    if (!chosen) {
      TextBuffer<128> where(wish.bridge, " (");
      format_with_prefix(subnet, where);
      where.add(')');
      return fail(
          ENOSPC, "find a free address on"_p, where.text(),
          "every address of the subnet is in use: stop a container, or use a bridge with a larger bridge_subnet"_p);
    }
    take_kept(entries, wish.bridge, *chosen);
    (void)given.push(*chosen);
  }
  return add_line(wish, entries, given.view());
}

Result<void> end_leases(CString container, Keep keep, Register& entries) {
  std::size_t cursor = 0;
  while (const auto entry = entries.next(cursor, {}, container)) {
    if (!(entry->is("lease") || entry->is("kept")) || entry->field[1] != container.view()) continue;
    if (entry->is("kept") && keep == Keep::yes) continue;
    TextBuffer<2048> kept;
    const bool chosen = keep == Keep::yes && entry->field[3] != "-" && entry->field[0] != "-";
    if (chosen) {
      for (const std::string_view field : entry->field) kept.add('\t', field);
    }
    entries.erase(cursor);
    if (!chosen || kept.overflowed()) continue;
    std::string_view fields = after(kept.view(), 1);
    TRY(entries.add("kept", {cut(fields, '\t'), cut(fields, '\t'), cut(fields, '\t'), cut(fields, '\t')}));
  }
  return {};
}

}  // namespace microctr

// The addresses of a veth pair's two ends.
//
// The container's end has `ip`; the host's end has the gateway's address, or the first address of the subnet that the
// container does not have itself, with the same prefix.

#include <cstring>

#include "launcher/plan/planner.h"
#include "launcher/spec/address.h"
#include "launcher/spec/link_name.h"

namespace microctr {

namespace {

Address first_host(const Address& inside) {
  Address host = inside;
  const std::size_t bytes = address_bits(inside) / 8;
  for (std::size_t index = 0; index < bytes; ++index) {
    const int prefix_bits = static_cast<int>(inside.prefix) - static_cast<int>(index) * 8;
    if (prefix_bits >= 8) continue;
    host.bytes[index] &= static_cast<std::uint8_t>(prefix_bits <= 0 ? 0 : 0xff << (8 - prefix_bits));
  }
  host.bytes[bytes - 1] |= 1;
  if (std::memcmp(host.bytes, inside.bytes, bytes) == 0) host.bytes[bytes - 1] ^= 3;  // .1 is taken: .2
  return host;
}

bool has_family(const Plan& plan, std::uint8_t family) {
  for (const Address& address : plan.host_addresses) {
    if (address.family == family) return true;
  }
  return false;
}

}  // namespace

Result<void> plan_network(Planner& planner) {
  const Network& network = planner.spec.network;
  if (network.mode() != NetworkMode::veth) return {};
  if (!planner.facts.privileged) {
    return fail(EPERM, "make a veth pair"_p, {}, "run as root, or use network = none or host"_p);
  }
  const Interface& interface = network.interfaces[0];
  for (const Address& inside : interface.addresses) {
    if (has_family(planner.plan, inside.family)) continue;
    Address host = first_host(inside);
    for (const Address& gateway : interface.gateways) {
      if (gateway.family == inside.family) std::memcpy(host.bytes, gateway.bytes, sizeof host.bytes);
    }
    if (!planner.plan.host_addresses.push(host)) return fail(0, "too many addresses (limit 8)"_p);
  }
  TextBuffer<16> name;
  write_host_link_name(planner.spec.name, 0, name);
  planner.plan.host_link = TRY(planner.arena.copy(name.view()));
  return {};
}

}  // namespace microctr

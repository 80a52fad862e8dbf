// The script's side of DHCP: runs as a process of its own, in the container's network namespace.

#include <linux/netlink.h>
#include <sys/socket.h>
#include <unistd.h>

#include "launcher/base/bytes.h"
#include "launcher/base/log.h"
#include "launcher/base/sys.h"
#include "launcher/container/dhcp.h"
#include "launcher/container/runtime_lock.h"
#include "launcher/net/host_link.h"
#include "launcher/net/register.h"
#include "launcher/spec/address.h"

namespace microctr {

namespace {

using netlink::Batch;
using netlink::NetlinkSocket;

struct Lease {
  CString runtime;
  CString container;
  CString interface;
  std::optional<Address> address;  // with its prefix
  std::optional<Address> router;
  std::string_view servers;  // name servers, between blanks
  std::string_view domain;
};

CString value_of(const char* const* environment, std::string_view name) {
  for (; *environment != nullptr; ++environment) {
    const CString entry = CString::from_pointer(*environment);
    if (entry.view().starts_with(name) && begins_with(entry.from(name.size()), '=')) return entry.from(name.size() + 1);
  }
  return {};
}

// A server is a stranger: every word is read strictly, and what is none of ours is left out.
void read_lease(const char* const* environment, Lease& lease) {
  lease.address = parse_address(value_of(environment, "ip"));
  const auto prefix = parse_number(value_of(environment, "mask"), 32);
  if (lease.address) lease.address->prefix = static_cast<std::uint8_t>(prefix.value_or(24));
  if (lease.address && (lease.address->family != AF_INET || !is_usable_address(*lease.address))) lease.address.reset();
  std::string_view routers = value_of(environment, "router");
  lease.router = parse_address(next_word(routers));
  lease.servers = value_of(environment, "dns");
  const std::string_view domain = value_of(environment, "domain");
  if (is_made_of(domain, "-._")) lease.domain = domain;
}

// The line of this interface gets `address`; what it had before is given.
Result<std::optional<Address>> exchange_address(Register& entries, const Lease& lease) {
  std::optional<Address> before;
  std::size_t cursor = 0;
  while (const auto entry = entries.next(cursor)) {
    if (!entry->is("lease") || entry->field[1] != lease.container.view() || entry->field[2] != lease.interface.view()) {
      continue;
    }
    std::string_view addresses = entry->field[3];
    before = next_address(addresses);
    const TextBuffer<64> bridge(entry->field[0]);
    const TextBuffer<2048> names(entry->field[4]);
    TextBuffer<64> address;
    if (lease.address) format_with_prefix(*lease.address, address);
    entries.erase(cursor);
    TRY(entries.add("lease", {bridge.view(), lease.container, lease.interface,
                              address.size() == 0 ? "-" : address.view(), names.view()}));
    break;
  }
  return before;
}

Result<void> exchange_servers(Register& entries, const Lease& lease) {
  std::size_t cursor = 0;
  while (const auto entry = entries.next(cursor)) {
    if (entry->is("server") && entry->field[0] == lease.container.view()) entries.erase(cursor);
  }
  TextBuffer<256> servers;
  std::string_view words = lease.servers;
  for (std::string_view word = next_word(words); !word.empty(); word = next_word(words)) {
    if (parse_address(word)) servers.add(servers.size() == 0 ? "" : " ", word);
  }
  if (!lease.address || servers.size() == 0) return {};
  return entries.add("server", {lease.container, servers.view(), lease.domain.empty() ? "-" : lease.domain});
}

Result<void> configure(const Lease& lease, const std::optional<Address>& before) {
  NetlinkSocket socket = TRY(NetlinkSocket::open(NETLINK_ROUTE));
  const HostLink link = TRY(find_link(socket, lease.interface, LinkMark("")));
  if (link.index == 0) return fail(ENODEV, "find the interface"_p, lease.interface);
  const bool stays =
      before && lease.address && is_same_address(*before, *lease.address) && before->prefix == lease.address->prefix;
  if (before && !stays) {  // its routes go with it
    Bytes<128> storage;
    Batch batch(storage);
    netlink::add_address_deletion(batch, link.index, *before);
    const auto deleted = carry_out(socket, batch, lease.interface);
    if (!deleted && deleted.error().code != EADDRNOTAVAIL) return deleted;
  }
  Bytes<256> storage;
  Batch batch(storage);
  netlink::add_link_up(batch, link.index);
  if (lease.address && !stays) netlink::add_address(batch, link.index, *lease.address);
  if (lease.address && lease.router && !stays) {
    const bool reached = is_in_subnet(*lease.address, *lease.router);
    netlink::add_default_route(batch, link.index, *lease.router,
                               reached ? netlink::GatewayReach::by_subnet : netlink::GatewayReach::on_link);
  }
  const auto done = carry_out(socket, batch, lease.interface);
  // The way out is another interface's.
  return !done && done.error().code == EEXIST ? Result<void>() : done;
}

// The last word of a client comes when the container may be gone, and with it the runtime directory.
bool is_gone(const Lease& lease) {
  const TextBuffer<limits::path> record(lease.runtime, "/containers/", lease.container);
  return !sys::access(sys::working_directory, record.text(), F_OK);
}

// The client outlives its container for a moment, in which another one of this name may have begun.
bool is_of_living(const char* const* environment) {
  const TextBuffer<48> path("/proc/", value_of(environment, "MICROCTR_PROCESS"), "/ns/net");
  const auto its = sys::status_at(sys::working_directory, path.text(), 0);
  const auto ours = sys::status_at(sys::working_directory, "/proc/self/ns/net", 0);
  return its && ours && its.value().inode == ours.value().inode;
}

Result<void> take_over(const Lease& lease) {
  if (is_gone(lease)) return {};
  const RuntimeLock lock = TRY(RuntimeLock::acquire(lease.runtime));
  Register entries = TRY(Register::read(lease.runtime));
  const auto before = TRY(exchange_address(entries, lease));
  TRY(exchange_servers(entries, lease));
  TRY(entries.store());
  if (is_gone(lease)) RuntimeLock::remove_if_empty(lease.runtime);
  return configure(lease, before);
}

}  // namespace

int hear_dhcp(CString event, const char* const* environment) {
  Lease lease = {value_of(environment, "MICROCTR_RUNTIME"),
                 value_of(environment, "MICROCTR_NAME"),
                 value_of(environment, "interface"),
                 {},
                 {},
                 {},
                 {}};
  if (lease.runtime.empty() || lease.container.empty() || lease.interface.empty()) return 2;
  if (!is_of_living(environment)) return 0;
  if (event == "leasefail" || event == "nak") return 0;  // it asks again
  if (event != "deconfig") read_lease(environment, lease);
  const auto taken = take_over(lease);
  if (taken) return 0;
  log_failure(lease.container, taken.error());
  return 1;
}

}  // namespace microctr

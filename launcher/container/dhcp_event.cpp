// The script's side of DHCP: runs as a process of its own, in the container's network namespace.

#include <sys/socket.h>
#include <unistd.h>

#include "launcher/base/log.h"
#include "launcher/base/sys.h"
#include "launcher/container/dhcp.h"
#include "launcher/container/lease_event.h"
#include "launcher/container/runtime_lock.h"
#include "launcher/net/register.h"
#include "launcher/spec/address.h"

namespace microctr {

namespace {

struct Lease : DhcpLease {
  CString runtime;
  CString container;
};

// The line of this interface gets `address` in the place of its IPv4 address, which is given: a written ip is of IPv6.
Result<std::optional<Address>> exchange_address(Register& entries, const Lease& lease) {
  std::optional<Address> before;
  std::size_t cursor = 0;
  while (const auto entry = entries.next(cursor, "lease", lease.container)) {
    if (entry->field[1] != lease.container.view() || entry->field[2] != lease.interface.view()) continue;
    const TextBuffer<64> bridge(entry->field[0]);
    const TextBuffer<2048> names(entry->field[4]);
    const TextBuffer<8> number(entry->field[5].empty() ? "-" : entry->field[5]);
    TextBuffer<64 * limits::addresses> address;
    if (lease.address) format_with_prefix(*lease.address, address);
    std::string_view addresses = entry->field[3];
    while (const auto held = next_address(addresses)) {
      if (held->family == AF_INET) {
        before = held;
        continue;
      }
      if (address.size() != 0) address.add(' ');
      format_with_prefix(*held, address);
    }
    entries.erase(cursor);
    TRY(entries.add("lease", {bridge.view(), lease.container, lease.interface,
                              address.size() == 0 ? "-" : address.view(), names.view(), number.view()}));
    break;
  }
  return before;
}

Result<void> exchange_servers(Register& entries, const Lease& lease) {
  std::size_t cursor = 0;
  while (const auto entry = entries.next(cursor, "server")) {
    if (entry->field[0] == lease.container.view()) entries.erase(cursor);
  }
  TextBuffer<256> servers;
  std::string_view words = lease.servers;
  for (std::string_view word = next_word(words); !word.empty(); word = next_word(words)) {
    if (parse_address(word)) servers.add(servers.size() == 0 ? "" : " ", word);
  }
  if (!lease.address || servers.size() == 0) return {};
  return entries.add("server", {lease.container, servers.view(), lease.domain.empty() ? "-" : lease.domain});
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
  return apply_lease(lease, before);
}

}  // namespace

int hear_dhcp(CString event, const char* const* environment) {
  Lease lease = {read_lease_interface(environment), value_of(environment, "MICROCTR_RUNTIME"),
                 value_of(environment, "MICROCTR_NAME")};
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

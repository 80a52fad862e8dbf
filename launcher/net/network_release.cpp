#include "launcher/net/network_release.h"

#include "launcher/base/sys.h"
#include "launcher/net/attach.h"
#include "launcher/net/bridge.h"
#include "launcher/net/firewall_update.h"
#include "launcher/net/host_link.h"
#include "launcher/net/kernel_switch.h"
#include "launcher/net/network_name.h"

namespace microctr {

namespace {

bool has_lines_of(const Register& entries, CString container) {
  std::size_t cursor = 0;
  while (const auto entry = entries.next(cursor, {}, container)) {
    if (entry->field[0] == container.view() || entry->field[1] == container.view()) return true;
  }
  return false;
}

// That an earlier release could not delete.
bool has_unused_bridge(const Register& entries) {
  std::size_t cursor = 0;
  while (const auto entry = entries.next(cursor, "bridge")) {
    if (!is_bridge_used(entries, entry->field[0], "")) return true;
  }
  return false;
}

// Where another container still is in the namespace, its links would stay: they go before their addresses do.
Result<void> delete_links_inside(CString container, const Register& entries) {
  std::size_t cursor = 0;
  while (const auto entry = entries.next(cursor, "share", container)) {
    if (entry->field[0] != container.view()) continue;
    const TextBuffer<limits::name + 1> sharer(entry->field[1]);
    const auto inside = open_network(sharer.text());
    if (!inside) continue;  // it is gone, or on its way out, and the links with it
    if (TRY(sys::status(inside.value().get())).inode != parse_number(entry->field[2]))
      continue;  // somebody else's name
    auto socket = TRY(netlink::NetlinkSocket::open_in(inside.value().get(), NETLINK_ROUTE));
    for (unsigned number = 0; number < limits::interfaces; ++number) {
      TRY(delete_link(socket, first_inside_index + number, container));
    }
  }
  return {};
}

// Before the guard goes. A container has one, unless it is a bridge's of ours.
Result<void> stop_routing_loopback(CString container, Register& entries) {
  std::size_t cursor = 0;
  while (const auto entry = entries.next(cursor, "guard", container)) {
    if (entry->field[0] != container.view()) continue;
    if (another_has(entries, "guard", container, entry->field[1])) return {};
    const TextBuffer<16> link(entry->field[1]);
    return stop_routing_loopback_on(link.view(), entries);
  }
  return {};
}

void erase_lines(CString container, Register& entries) {
  std::size_t cursor = 0;
  while (const auto entry = entries.next(cursor, {}, container)) {
    const bool by_first = entry->is("port") || entry->is("subnet") || entry->is("guard") || entry->is("server");
    const bool by_second = entry->is("share");
    if ((by_first && entry->field[0] == container.view()) || (by_second && entry->field[1] == container.view())) {
      entries.erase(cursor);
    }
  }
}

void erase_guard_of(CString bridge, Register& entries) {
  std::size_t cursor = 0;
  while (const auto entry = entries.next(cursor, "guard", bridge)) {
    if (entry->field[0] == "-" && entry->field[1] == bridge.view()) entries.erase(cursor);
  }
}

// Of devices that never went in. The others' lines went when they were given back.
Result<void> erase_devices_at_home(CString container, Register& entries) {
  std::size_t cursor = 0;
  while (const auto entry = entries.next(cursor, "device", container)) {
    if (entry->field[0] != container.view()) continue;
    const TextBuffer<16> name(entry->field[1]);
    auto socket = TRY(netlink::NetlinkSocket::open(NETLINK_ROUTE));
    const HostLink link = TRY(find_link(socket, name.text(), LinkMark("")));
    if (link.index != 0 || !open_network(container)) entries.erase(cursor);
  }
  return {};
}

Result<void> delete_unused_bridges(Register& entries) {
  Result<void> first = {};
  std::size_t cursor = 0;
  while (const auto entry = entries.next(cursor, "bridge")) {
    if (is_bridge_used(entries, entry->field[0], "")) continue;
    const TextBuffer<16> name(entry->field[0]);
    auto socket = TRY(netlink::NetlinkSocket::open(NETLINK_ROUTE));
    const auto deleted = delete_bridge(socket, name.text());
    if (deleted) {
      entries.erase(cursor);
      erase_guard_of(name.text(), entries);
      cursor = 0;  // lines have moved
    } else if (first) {
      first = deleted;
    }
  }
  return first;
}

}  // namespace

Result<void> release_network(CString runtime, CString container, Keep keep) {
  Register entries = TRY(Register::read(runtime));
  // A claim that could not be written may have left a file without lines.
  if (!has_lines_of(entries, container) && !has_unused_bridge(entries)) return entries.store();
  TRY(delete_links_inside(container, entries));
  const bool used_firewall = uses_firewall(entries);
  static char storage[firewall_change_storage];
  FirewallTransaction removals(storage);
  note_removals(container, entries, removals);
  TRY(stop_routing_loopback(container, entries));
  erase_lines(container, entries);
  TRY(erase_devices_at_home(container, entries));
  TRY(end_leases(container, keep, entries));
  const auto bridges = delete_unused_bridges(entries);
  if (used_firewall) TRY(close_firewall(removals, entries));
  TRY(turn_switches_back(entries));
  const auto stored = entries.store();
  return bridges ? stored : bridges;
}

}  // namespace microctr

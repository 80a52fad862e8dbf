#include "launcher/net/firewall_update.h"

#include "launcher/net/kernel_switch.h"
#include "launcher/spec/address.h"

namespace microctr {

namespace {

static_assert(firewall_change_storage > FirewallTransaction::table_storage &&
              limits::ports * 80 < firewall_change_storage);

// For a table with everything; not on the stack, and touched only as it grows.
char large_storage[FirewallTransaction::large_storage];

std::optional<PublishedPort> port_of(const Entry& entry) {
  const auto host_port = parse_number(entry.field[3], 65535);
  const auto target = parse_address(entry.field[4]);
  const auto target_port = parse_number(entry.field[5], 65535);
  if (!host_port || !target || !target_port) return {};
  PublishedPort port;
  port.host = parse_address(entry.field[2]).value_or(Address());
  port.host_port = static_cast<std::uint16_t>(*host_port);
  port.udp = entry.field[1] == "udp";
  port.target = *target;
  port.target_port = static_cast<std::uint16_t>(*target_port);
  return port;
}

// What one line asks of the firewall.
void add_entry(const Entry& entry, FirewallTransaction& transaction) {
  if (entry.is("port")) {
    if (const auto port = port_of(entry)) transaction.add_port(*port);
  }
  if (entry.is("guard")) transaction.add_link(TextBuffer<16>(entry.field[1]).text());
  const bool is_nat_bridge = entry.is("bridge") && entry.field[2] == "nat";
  if (!entry.is("subnet") && !is_nat_bridge) return;
  std::string_view subnets = entry.field[1];
  while (const auto subnet = next_address(subnets)) transaction.add_subnet(*subnet);
}

void add_all(const Register& entries, FirewallTransaction& transaction) {
  std::size_t cursor = 0;
  while (const auto entry = entries.next_but(cursor, "lease")) add_entry(*entry, transaction);
}

Result<void> build_firewall(const Register& entries) {
  FirewallTransaction transaction(large_storage);
  transaction.recreate_table();
  add_all(entries, transaction);
  return transaction.commit();
}

// The bridges on which the container has a lease: their subnets may be new.
bool is_about(const Entry& entry, CString container, const Register& entries) {
  const bool is_guard = entry.is("guard") && entry.field[0] == "-";
  if (!entry.is("bridge") && !is_guard) return entry.field[0] == container.view();
  std::size_t cursor = 0;
  while (const auto lease = entries.next(cursor, "lease", container)) {
    if (lease->field[1] == container.view() && lease->field[0] == entry.field[is_guard ? 1 : 0]) return true;
  }
  return false;
}

}  // namespace

Result<void> open_firewall(CString container, Table table, const Register& entries) {
  if (table == Table::is_new) return build_firewall(entries);
  FirewallTransaction transaction({large_storage, firewall_change_storage});
  std::size_t cursor = 0;
  while (const auto entry = entries.next_but(cursor, "lease")) {
    if (is_about(*entry, container, entries)) add_entry(*entry, transaction);
  }
  const auto done = transaction.commit();
  // Flushed, or not as the register says.
  const bool is_other = !done && (done.error().code == ENOENT || done.error().code == EEXIST);
  return is_other ? build_firewall(entries) : done;
}

void note_removals(CString container, const Register& entries, FirewallTransaction& removals) {
  std::size_t cursor = 0;
  while (const auto entry = entries.next_but(cursor, "lease")) {
    const auto& field = entry->field;
    const bool own = field[0] == container.view();
    if (entry->is("port") && own) {
      if (const auto port = port_of(*entry)) removals.remove_port(*port);
    }
    const bool last_guard = field[0] == "-" ? !is_bridge_used(entries, field[1], container)
                                            : own && !another_has(entries, "guard", container, field[1]);
    if (entry->is("guard") && last_guard) {
      removals.remove_link(TextBuffer<16>(field[1]).text());
    }
    const bool last_subnet = entry->is("subnet") && own && !another_has(entries, "subnet", container, field[1]);
    const bool last_bridge = entry->is("bridge") && field[2] == "nat" && !is_bridge_used(entries, field[0], container);
    if (!last_subnet && !last_bridge) continue;
    std::string_view subnets = field[1];
    while (const auto subnet = next_address(subnets)) removals.remove_subnet(*subnet);
  }
}

Result<void> close_firewall(FirewallTransaction& removals, const Register& entries) {
  Result<void> done = {};
  if (uses_firewall(entries)) {
    done = removals.commit();
    if (!done && done.error().code == ENOENT) done = build_firewall(entries);
  } else {
    FirewallTransaction transaction({large_storage, firewall_change_storage});
    transaction.delete_table();
    done = transaction.commit();
  }
  if (done || done.error().code == ENOENT || done.error().code == EOPNOTSUPP) return {};
  return done;
}

}  // namespace microctr

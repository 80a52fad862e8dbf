// The firewall: one nf_tables table, `inet microctr`, that publishes ports and masquerades subnets.
//
// A FirewallTransaction writes its changes into storage of the caller and makes no system call before `commit`, which
// is one send: the kernel does all of it or nothing. Its rules are in firewall_rules.cpp; other tables are never
// touched. The socket stays open for the next one, in the network namespace of the first. An accept here cannot
// overrule another table's drop (foreign_drop.h). It must not be used twice: after `commit` it is over.
#pragma once

#include <optional>

#include "launcher/net/firewall_rules.h"
#include "launcher/spec/spec.h"

namespace microctr {

struct PublishedPort {
  Address host;  // family 0: every address of the host that has the target's family; else of the target's family
  std::uint16_t host_port = 0;  // host byte order
  bool udp = false;
  Address target;  // inside
  std::uint16_t target_port = 0;
};

class FirewallTransaction {
 public:
  // Enough for a new table with 1000 containers of a subnet, a link and five ports of all addresses each; the table
  // alone takes 11 KB, a port 40 to 76 bytes. More than fits is an error of `commit`.
  static constexpr std::size_t large_storage = 256 * 1024;
  static constexpr std::size_t table_storage = 12 * 1024;

  explicit FirewallTransaction(std::span<char> storage);

  // An older table of ours goes in the same moment. All elements are gone with it; add them behind this.
  void recreate_table();
  void delete_table();

  // A port that is there already refuses the transaction (EEXIST), and so does one to remove that is not (ENOENT).
  void add_port(const PublishedPort& port) { change_port(Change::add, port); }
  void remove_port(const PublishedPort& port) { change_port(Change::remove, port); }

  // The prefix counts, bits behind it do not. What is masqueraded is reached from elsewhere by its published ports
  // only. One that is there already is no error; one that overlaps with another is (EEXIST).
  void add_subnet(const Address& subnet) { change_subnet(Change::add, subnet); }
  void remove_subnet(const Address& subnet) { change_subnet(Change::remove, subnet); }

  // A link with route_localnet, at most 15 characters: packets from there with a loopback address are dropped.
  // One that is there already is no error.
  void add_link(CString name) { change_link(Change::add, name); }
  void remove_link(CString name) { change_link(Change::remove, name); }

  // Nothing to do is success. Errors: ENOENT the table or an element to remove is missing; EEXIST a port is there
  // already; EMSGSIZE the storage was too small, nothing was sent; EPERM; EOPNOTSUPP the kernel has no nf_tables NAT.
  Result<void> commit();

 private:
  enum class Change : std::uint8_t { add, remove };

  // Elements of one set that follow each other share a message.
  struct List {
    Change change;
    firewall::SetName set;
    std::size_t start;   // of the message
    std::size_t nested;  // for nf_tables::end_elements
  };

  void change_port(Change change, const PublishedPort& port);
  void change_subnet(Change change, const Address& subnet);
  void change_link(Change change, CString name);
  void add_element(Change change, firewall::SetName set, const nf_tables::Element& element);
  void end_list();

  netlink::Batch batch_;
  std::optional<List> list_;
};

// Whether the table is there. No also where the kernel cannot have one.
Result<bool> has_firewall();

}  // namespace microctr

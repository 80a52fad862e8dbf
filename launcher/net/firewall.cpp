#include "launcher/net/firewall.h"

#include <linux/in.h>
#include <sys/socket.h>

#include <algorithm>

#include "launcher/base/bytes.h"
#include "launcher/base/static_object.h"
#include "launcher/net/firewall_refusal.h"
#include "launcher/net/netlink_socket.h"

namespace microctr {
namespace {

using firewall::SetName;
using netlink::Ending;
using netlink::NetlinkSocket;

// The kernel's refusal of a message has that whole message in it, and an answer may have 8192 bytes.
constexpr std::size_t largest_list = 4096;

constexpr std::size_t address_size(const Address& address) { return address.family == AF_INET6 ? 16 : 4; }

SetName of_family(SetName set4, const Address& address) {
  return address.family == AF_INET6 ? firewall::for_ipv6(set4) : set4;
}

// The parts of a concatenation, each padded to four bytes.
class Key {
 public:
  void add(const Address& address) { add(address.bytes, address_size(address)); }
  void add_port(std::uint16_t port) {
    const std::uint16_t number = nf_tables::network_order(port);
    add(&number, sizeof number);
  }
  void add_protocol(std::uint8_t protocol) { add(&protocol, sizeof protocol); }
  std::string_view view() const { return {bytes_, size_}; }

 private:
  void add(const void* data, std::size_t size) {
    std::memcpy(bytes_ + size_, data, size);
    size_ += (size + 3) & ~std::size_t{3};
  }

  char bytes_[16 + 4 + 4] = {};
  std::size_t size_ = 0;
};

// The first address of the subnet, and the first behind it: nothing when the subnet has the last address of all.
struct Interval {
  Address first;
  std::optional<Address> end = {};
};
Interval interval_of(const Address& subnet) {
  Interval interval = {subnet};
  Address end = subnet;
  unsigned carry = 1;  // into the last bit of the prefix
  for (std::size_t at = address_size(subnet); at-- != 0;) {
    const unsigned before = static_cast<unsigned>(at) * 8;
    const unsigned kept = subnet.prefix > before ? std::min(subnet.prefix - before, 8U) : 0;
    const unsigned first = subnet.bytes[at] & 0xff00U >> kept & 0xff;
    const unsigned sum = first + (kept == 0 ? 0 : carry << (8 - kept));
    if (kept != 0) carry = sum >> 8;
    interval.first.bytes[at] = static_cast<std::uint8_t>(first);
    end.bytes[at] = static_cast<std::uint8_t>(sum);
  }
  if (carry == 0) interval.end = end;
  return interval;
}

std::string_view bytes_of(const Address& address) {
  return {reinterpret_cast<const char*>(address.bytes), address_size(address)};
}

// Kept open: the kernel lets go of such a socket only when what it has taken out of a table is destroyed, which is
// 10 ms that neither a start nor an end need wait for.
NetlinkSocket& kept_socket() {
  static StaticObject<NetlinkSocket> kept;
  return kept.is_made() ? kept.get() : kept.make();
}

}  // namespace

FirewallTransaction::FirewallTransaction(std::span<char> storage) : batch_(storage) {
  nf_tables::begin_transaction(batch_);
}

void FirewallTransaction::recreate_table() {
  end_list();
  nf_tables::add_table(batch_);  // so that there is one to delete
  nf_tables::add_table_deletion(batch_);
  nf_tables::add_table(batch_);
  firewall::add_ruleset(batch_);
}

void FirewallTransaction::delete_table() {
  end_list();
  nf_tables::add_table_deletion(batch_);
}

void FirewallTransaction::change_port(Change change, const PublishedPort& port) {
  Key key;
  const bool has_host = port.host.family != 0;
  if (has_host) key.add(port.host);
  key.add_protocol(port.udp ? IPPROTO_UDP : IPPROTO_TCP);
  key.add_port(port.host_port);
  Key data;
  if (change == Change::add) {
    data.add(port.target);
    data.add_port(port.target_port);
  }
  add_element(change, of_family(has_host ? SetName::hostport4 : SetName::port4, port.target),
              {key.view(), data.view()});
}

void FirewallTransaction::change_subnet(Change change, const Address& subnet) {
  const SetName set = of_family(SetName::subnet4, subnet);
  const Interval interval = interval_of(subnet);
  add_element(change, set, {bytes_of(interval.first)});
  if (interval.end) add_element(change, set, {bytes_of(*interval.end), {}, NFT_SET_ELEM_INTERVAL_END});
}

void FirewallTransaction::change_link(Change change, CString name) {
  char key[firewall::link_key_size] = {};
  std::memcpy(key, name.c_str(), std::min(name.size(), sizeof key - 1));
  add_element(change, SetName::link, {{key, sizeof key}});
}

void FirewallTransaction::add_element(Change change, SetName set, const nf_tables::Element& element) {
  if (list_ && (list_->set != set || list_->change != change || batch_.size() - list_->start > largest_list))
    end_list();
  if (!list_) {
    const bool is_port = set != SetName::link && set != SetName::subnet4 && set != SetName::subnet6;
    const unsigned flags = is_port ? NLM_F_CREATE | NLM_F_EXCL : NLM_F_CREATE;
    const std::size_t start = batch_.size();
    const std::size_t nested =
        change == Change::add ? nf_tables::begin_elements(batch_, NFT_MSG_NEWSETELEM, flags, firewall::set_name(set))
                              : nf_tables::begin_elements(batch_, NFT_MSG_DELSETELEM, 0, firewall::set_name(set));
    list_ = List{change, set, start, nested};
  }
  nf_tables::add_element(batch_, element);
}

void FirewallTransaction::end_list() {
  if (list_) nf_tables::end_elements(batch_, list_->nested);
  list_.reset();
}

Result<void> FirewallTransaction::commit() {
  end_list();
  if (batch_.count() == 1) return {};
  nf_tables::end_transaction(batch_);
  NetlinkSocket& socket = kept_socket();
  if (!socket) {
    auto opened = NetlinkSocket::open(NETLINK_NETFILTER);
    if (!opened) return firewall::explain_failure(opened.error());
    socket = opened.take();
  }
  const auto outcome = socket.exchange(batch_, Ending::acknowledged);
  if (!outcome) {
    socket = NetlinkSocket();  // an answer to this may still come
    return outcome.failed();
  }
  if (!outcome.value()) return {};
  return firewall::explain_refusal(batch_, *outcome.value());
}

Result<bool> has_firewall() {
  NetlinkSocket& socket = kept_socket();
  if (!socket) {
    auto opened = NetlinkSocket::open(NETLINK_NETFILTER);
    if (!opened) return false;
    socket = opened.take();
  }
  Bytes<64> storage;
  netlink::Batch batch(storage);
  nf_tables::add_table_query(batch);
  return !TRY(socket.exchange(batch, Ending::answered));
}

}  // namespace microctr

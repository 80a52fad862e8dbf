// Kernel modules of these rules, where they are not built in; nf_tables loads them by name when it can:
//   nf_tables nft_chain_nat nft_nat nft_masq nft_ct nft_fib_inet (with nft_fib_ipv4, nft_fib_ipv6, nft_fib)
// meta, payload, cmp, bitwise, lookup, immediate and the hash and rbtree sets are part of nf_tables itself.
#include "launcher/net/firewall_rules.h"

#include <linux/netfilter.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/rtnetlink.h>

namespace microctr::firewall {
namespace {

using netlink::Batch;
using nf_tables::add_data;
using nf_tables::add_expression;
using nf_tables::begin_expression;
using nf_tables::Begun;
using nf_tables::end_expression;

// nft's numbers for the types of keys and data; six bits for each part of a concatenation.
enum : std::uint32_t { ipv4_addr = 7, ipv6_addr = 8, inet_proto = 12, inet_service = 13, ifname = 41 };
constexpr std::uint32_t join(std::uint32_t left, std::uint32_t right) { return left << 6 | right; }
constexpr std::uint32_t protocol_and_port = join(inet_proto, inet_service);

constexpr nf_tables::Set sets[] = {
    {"port4", NFT_SET_MAP, 8, 8, protocol_and_port, join(ipv4_addr, inet_service)},
    {"hostport4", NFT_SET_MAP, 12, 8, ipv4_addr << 12 | protocol_and_port, join(ipv4_addr, inet_service)},
    {"subnet4", NFT_SET_INTERVAL, 4, 0, ipv4_addr, 0},
    {"port6", NFT_SET_MAP, 8, 20, protocol_and_port, join(ipv6_addr, inet_service)},
    {"hostport6", NFT_SET_MAP, 24, 20, ipv6_addr << 12 | protocol_and_port, join(ipv6_addr, inet_service)},
    {"subnet6", NFT_SET_INTERVAL, 16, 0, ipv6_addr, 0},
    {"link", 0, link_key_size, 0, ifname, 0, true},
};

enum ChainName : std::uint8_t { prerouting, output, postrouting, guard, forward };
constexpr nf_tables::Chain chains[] = {
    {"prerouting", "nat", NF_INET_PRE_ROUTING, -100},  {"output", "nat", NF_INET_LOCAL_OUT, -100},
    {"postrouting", "nat", NF_INET_POST_ROUTING, 100}, {"guard", "filter", NF_INET_PRE_ROUTING, -300},
    {"forward", "filter", NF_INET_FORWARD, 0},
};

// What differs between the two families.
struct Family {
  std::uint8_t protocol;
  std::uint8_t size;         // of an address
  std::uint8_t source;       // offset in the header
  std::uint8_t destination;  // offset in the header
};
constexpr Family ipv4 = {NFPROTO_IPV4, 4, 12, 16};
constexpr Family ipv6 = {NFPROTO_IPV6, 16, 8, 24};

// The words of a rule, each one or more expressions. A packet goes on to the next only where the one before holds.
enum class Word : std::uint8_t {
  end,
  family,             // meta nfproto ipv4 / ipv6
  from_loopback,      // ip saddr 127.0.0.0/8
  to_loopback,        // ip daddr 127.0.0.0/8
  not_to_loopback,    // ip daddr != 127.0.0.0/8, ip6 daddr != ::1
  from_link_local,    // ip6 saddr fe80::/10
  to_host,            // fib daddr type local
  not_to_host,        // fib daddr type != local
  by_wrong_link,      // fib saddr . iif oif missing
  to_other_link,      // fib daddr . iif oif missing
  from_subnet,        // ip saddr @subnet4
  to_subnet,          // ip daddr @subnet4
  not_to_subnet,      // ip daddr != @subnet4
  from_guarded_link,  // iifname @link
  was_published,      // ct status dnat
  known_connection,   // ct state established,related
  to_published_host,  // dnat to ip daddr . meta l4proto . th dport map @hostport4
  to_published_port,  // dnat to meta l4proto . th dport map @port4
  masquerade,
  accept,
  drop,
};

enum class Families : std::uint8_t { one_rule, only_ipv4, only_ipv6, each };  // one_rule: for both at once
struct Rule {
  ChainName chain;
  Families families;
  Word words[6];
};

// Prerouting leaves 127.0.0.0/8 alone: a neighbour on the host's own network may send packets to it, and rewritten
// they would no longer be the martians that routing drops. The host's own connections go through `output`. ::1 has
// no counterpart of route_localnet: rewritten, its packets would lead nowhere.
// Link-local sources cross the forward hook only when a bridge hands its frames to netfilter (br_netfilter), where
// they are neighbour discovery between siblings; no router forwards them.
// A packet with an address of a subnet that came by another link than the subnet's is forged, and from one subnet into
// another only published ports lead: their packets are rewritten by then. A nat chain sees a connection's first packet
// alone, so that the others cost nothing.
constexpr Rule rules[] = {
    {prerouting, Families::each, {Word::family, Word::from_subnet, Word::by_wrong_link, Word::drop}},
    {prerouting, Families::each, {Word::family, Word::not_to_loopback, Word::to_host, Word::to_published_host}},
    {prerouting, Families::each, {Word::family, Word::not_to_loopback, Word::to_host, Word::to_published_port}},
    {prerouting,
     Families::each,
     {Word::family, Word::from_subnet, Word::to_subnet, Word::not_to_host, Word::to_other_link, Word::drop}},
    {output, Families::only_ipv4, {Word::family, Word::to_host, Word::to_published_host}},
    {output, Families::only_ipv4, {Word::family, Word::to_host, Word::to_published_port}},
    {output, Families::only_ipv6, {Word::family, Word::not_to_loopback, Word::to_host, Word::to_published_host}},
    {output, Families::only_ipv6, {Word::family, Word::not_to_loopback, Word::to_host, Word::to_published_port}},
    {postrouting, Families::each, {Word::family, Word::from_subnet, Word::not_to_subnet, Word::masquerade}},
    {postrouting,
     Families::each,
     {Word::was_published, Word::family, Word::from_subnet, Word::to_subnet, Word::masquerade}},
    {postrouting, Families::only_ipv4, {Word::was_published, Word::family, Word::from_loopback, Word::masquerade}},
    {guard, Families::only_ipv4, {Word::from_guarded_link, Word::family, Word::to_loopback, Word::drop}},
    {guard, Families::only_ipv4, {Word::from_guarded_link, Word::family, Word::from_loopback, Word::drop}},
    {forward, Families::one_rule, {Word::known_connection, Word::accept}},
    {forward, Families::one_rule, {Word::was_published, Word::accept}},
    {forward, Families::each, {Word::family, Word::from_subnet, Word::accept}},
    {forward, Families::only_ipv6, {Word::family, Word::from_link_local, Word::accept}},
    {forward, Families::each, {Word::family, Word::to_subnet, Word::drop}},
};

// Every value is loaded here, and every key begins here; a part that follows an address begins behind it.
constexpr std::uint8_t first_register = NFT_REG32_00;
constexpr std::uint8_t behind(std::size_t bytes) { return static_cast<std::uint8_t>(first_register + bytes / 4); }

constexpr char ipv4_loopback[] = {127};
constexpr char ipv6_loopback[] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
constexpr char link_local[] = {static_cast<char>(0xfe), static_cast<char>(0x80)};

constexpr std::string_view view_of(std::span<const char> bytes) { return {bytes.data(), bytes.size()}; }

// Writes the words of one rule for one family.
class Writer {
 public:
  Writer(Batch& batch, const Family& family) : batch_(batch), family_(family) {}
  void write(Word word);

 private:
  enum class Where : std::uint8_t { inside, outside };

  void load_meta(std::uint8_t key, std::uint8_t target = first_register) {
    add_expression(batch_, "meta", {{NFTA_META_DREG, target}, {NFTA_META_KEY, key}});
  }
  void load_payload(std::uint8_t base, std::uint8_t offset, std::uint8_t size, std::uint8_t target = first_register) {
    add_expression(batch_, "payload",
                   {{NFTA_PAYLOAD_DREG, target},
                    {NFTA_PAYLOAD_BASE, base},
                    {NFTA_PAYLOAD_OFFSET, offset},
                    {NFTA_PAYLOAD_LEN, size}});
  }
  void load_address(std::uint8_t offset, std::size_t size) {
    load_payload(NFT_PAYLOAD_NETWORK_HEADER, offset, static_cast<std::uint8_t>(size));
  }
  void compare(std::uint8_t operation, std::string_view value);
  void compare_number(std::uint8_t operation, std::uint32_t number) {  // of the kernel's own, in its byte order
    compare(operation, {reinterpret_cast<const char*>(&number), sizeof number});
  }
  void compare_address(std::uint8_t offset, std::uint8_t operation, std::string_view start) {
    load_address(offset, start.size());
    compare(operation, start);
  }
  void test_connection(std::uint8_t key, std::uint32_t bits);
  void look_up(SetName set4, nf_tables::Number detail);
  void test_subnet(std::uint8_t offset, Where where);
  void test_route(std::uint8_t result, std::uint8_t flags, std::uint8_t operation, std::uint32_t number);
  void rewrite_destination(SetName map4);
  void decide(std::uint8_t verdict);

  Batch& batch_;
  const Family& family_;
};

void Writer::compare(std::uint8_t operation, std::string_view value) {
  const Begun compared = begin_expression(batch_, "cmp", {{NFTA_CMP_SREG, first_register}, {NFTA_CMP_OP, operation}});
  add_data(batch_, NFTA_CMP_DATA, value);
  end_expression(batch_, compared);
}

// One of these bits.
void Writer::test_connection(std::uint8_t key, std::uint32_t bits) {
  add_expression(batch_, "ct", {{NFTA_CT_DREG, first_register}, {NFTA_CT_KEY, key}});
  constexpr std::uint32_t nothing = 0;
  const Begun masked = begin_expression(
      batch_, "bitwise",
      {{NFTA_BITWISE_SREG, first_register}, {NFTA_BITWISE_DREG, first_register}, {NFTA_BITWISE_LEN, sizeof bits}});
  add_data(batch_, NFTA_BITWISE_MASK, {reinterpret_cast<const char*>(&bits), sizeof bits});
  add_data(batch_, NFTA_BITWISE_XOR, {reinterpret_cast<const char*>(&nothing), sizeof nothing});
  end_expression(batch_, masked);
  compare_number(NFT_CMP_NEQ, 0);
}

void Writer::look_up(SetName set4, nf_tables::Number detail) {
  const bool is_other = family_.protocol == NFPROTO_IPV6 && set4 != SetName::link;
  const Begun looked = begin_expression(batch_, "lookup", {{NFTA_LOOKUP_SREG, first_register}, detail});
  batch_.add_text(NFTA_LOOKUP_SET, set_name(is_other ? for_ipv6(set4) : set4));
  end_expression(batch_, looked);
}

void Writer::test_subnet(std::uint8_t offset, Where where) {
  load_address(offset, family_.size);
  look_up(SetName::subnet4,
          {NFTA_LOOKUP_FLAGS, where == Where::outside ? std::uint8_t{NFT_LOOKUP_F_INV} : std::uint8_t{0}});
}

void Writer::test_route(std::uint8_t result, std::uint8_t flags, std::uint8_t operation, std::uint32_t number) {
  add_expression(batch_, "fib", {{NFTA_FIB_DREG, first_register}, {NFTA_FIB_RESULT, result}, {NFTA_FIB_FLAGS, flags}});
  compare_number(operation, number);
}

// The map leaves address and port, one behind the other, where its key began.
void Writer::rewrite_destination(SetName map4) {
  std::uint8_t target = first_register;
  if (map4 == SetName::hostport4) {
    load_address(family_.destination, family_.size);
    target = behind(family_.size);
  }
  load_meta(NFT_META_L4PROTO, target);
  load_payload(NFT_PAYLOAD_TRANSPORT_HEADER, 2, 2, static_cast<std::uint8_t>(target + 1));
  look_up(map4, {NFTA_LOOKUP_DREG, first_register});
  add_expression(batch_, "nat",
                 {{NFTA_NAT_TYPE, NFT_NAT_DNAT},
                  {NFTA_NAT_FAMILY, family_.protocol},
                  {NFTA_NAT_REG_ADDR_MIN, first_register},
                  {NFTA_NAT_REG_PROTO_MIN, behind(family_.size)}});
}

void Writer::decide(std::uint8_t verdict) {
  const Begun decided = begin_expression(batch_, "immediate", {{NFTA_IMMEDIATE_DREG, NFT_REG_VERDICT}});
  const std::size_t data = batch_.begin_nested(NFTA_IMMEDIATE_DATA | NLA_F_NESTED);
  const std::size_t code = batch_.begin_nested(NFTA_DATA_VERDICT | NLA_F_NESTED);
  batch_.add_number(NFTA_VERDICT_CODE, nf_tables::network_order(std::uint32_t{verdict}));
  batch_.end_nested(code);
  batch_.end_nested(data);
  end_expression(batch_, decided);
}

void Writer::write(Word word) {
  const auto loopback =
      view_of(family_.protocol == NFPROTO_IPV6 ? std::span<const char>(ipv6_loopback) : ipv4_loopback);
  switch (word) {
    case Word::end: break;
    case Word::family: {
      load_meta(NFT_META_NFPROTO);
      const char protocol = static_cast<char>(family_.protocol);
      compare(NFT_CMP_EQ, {&protocol, 1});
      break;
    }
    case Word::from_loopback: compare_address(family_.source, NFT_CMP_EQ, loopback); break;
    case Word::to_loopback: compare_address(family_.destination, NFT_CMP_EQ, loopback); break;
    case Word::not_to_loopback: compare_address(family_.destination, NFT_CMP_NEQ, loopback); break;
    case Word::from_link_local: compare_address(family_.source, NFT_CMP_EQ, view_of(link_local)); break;
    case Word::to_host: test_route(NFT_FIB_RESULT_ADDRTYPE, NFTA_FIB_F_DADDR, NFT_CMP_EQ, RTN_LOCAL); break;
    case Word::not_to_host: test_route(NFT_FIB_RESULT_ADDRTYPE, NFTA_FIB_F_DADDR, NFT_CMP_NEQ, RTN_LOCAL); break;
    case Word::by_wrong_link: test_route(NFT_FIB_RESULT_OIF, NFTA_FIB_F_SADDR | NFTA_FIB_F_IIF, NFT_CMP_EQ, 0); break;
    case Word::to_other_link: test_route(NFT_FIB_RESULT_OIF, NFTA_FIB_F_DADDR | NFTA_FIB_F_IIF, NFT_CMP_EQ, 0); break;
    case Word::from_subnet: test_subnet(family_.source, Where::inside); break;
    case Word::to_subnet: test_subnet(family_.destination, Where::inside); break;
    case Word::not_to_subnet: test_subnet(family_.destination, Where::outside); break;
    case Word::from_guarded_link:
      load_meta(NFT_META_IIFNAME);
      look_up(SetName::link, {NFTA_LOOKUP_FLAGS, 0});
      break;
    case Word::was_published: test_connection(NFT_CT_STATUS, IPS_DST_NAT); break;
    case Word::known_connection:
      test_connection(NFT_CT_STATE, NF_CT_STATE_BIT(IP_CT_ESTABLISHED) | NF_CT_STATE_BIT(IP_CT_RELATED));
      break;
    case Word::to_published_host: rewrite_destination(SetName::hostport4); break;
    case Word::to_published_port: rewrite_destination(SetName::port4); break;
    case Word::masquerade: add_expression(batch_, "masq", {}); break;
    case Word::accept: decide(NF_ACCEPT); break;
    case Word::drop: decide(NF_DROP); break;
  }
}

void add_rule(Batch& batch, const Rule& rule, const Family& family) {
  const std::size_t begun = nf_tables::begin_rule(batch, chains[rule.chain].name);
  Writer writer(batch, family);
  for (const Word word : rule.words) writer.write(word);
  nf_tables::end_rule(batch, begun);
}

}  // namespace

CString set_name(SetName set) { return sets[static_cast<unsigned>(set)].name; }

void add_ruleset(Batch& batch) {
  std::uint32_t id = 0;
  for (const nf_tables::Set& set : sets) nf_tables::add_set(batch, set, ++id);
  for (const nf_tables::Chain& chain : chains) nf_tables::add_chain(batch, chain);
  for (const Rule& rule : rules) {
    if (rule.families != Families::only_ipv6) add_rule(batch, rule, ipv4);
    if (rule.families == Families::only_ipv6 || rule.families == Families::each) add_rule(batch, rule, ipv6);
  }
}

}  // namespace microctr::firewall

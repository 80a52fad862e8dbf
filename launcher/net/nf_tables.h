// nf_tables messages about one table of the family inet, each added to a batch (linux/netfilter/nf_tables.h).
//
// Pure: nothing here makes a system call, owns anything or knows our rules. Every message names the table
// `table_name`. Numbers are big-endian on this wire; registers are the 32-bit ones, NFT_REG32_00 and on, in which a
// value takes as many as it needs and the parts of a concatenation stand one behind the other.
// Attributes and expressions are those of Linux 5.10; the types of keys and data are nft's own, for `nft list` only.
#pragma once

#include <linux/netfilter/nf_tables.h>

#include <bit>
#include <initializer_list>

#include "launcher/net/netlink.h"

namespace microctr::nf_tables {

using netlink::Batch;

inline constexpr CString table_name = "microctr";

template <typename Number>
constexpr Number network_order(Number number) {
  static_assert(sizeof number == 2 || sizeof number == 4);
  if constexpr (std::endian::native == std::endian::big)
    return number;
  else if constexpr (sizeof number == 2)
    return __builtin_bswap16(number);
  else
    return __builtin_bswap32(number);
}

// Every change stands between these two. The kernel does all of it or nothing, and refuses the first message for what
// concerns the whole.
void begin_transaction(Batch& batch);
void end_transaction(Batch& batch);

void add_table(Batch& batch);
void add_table_deletion(Batch& batch);

struct Chain {
  TableText<12> name;
  TableText<7> type;
  std::uint8_t hook;      // NF_INET_*
  std::int16_t priority;  // lower ones see a packet earlier
};
void add_chain(Batch& batch, const Chain& chain);

struct Set {
  TableText<10> name;
  std::uint8_t flags;      // NFT_SET_*
  std::uint8_t key_size;   // bytes, each part of a concatenation padded to four
  std::uint8_t data_size;  // of a map
  std::uint32_t key_type;
  std::uint32_t data_type;
  bool has_host_order = false;  // the key, for `nft list`: interface names
};
void add_set(Batch& batch, const Set& set, std::uint32_t id);  // no two of a transaction have the same id

// A rule at the end of a chain: what is added until `end_rule` are its expressions.
std::size_t begin_rule(Batch& batch, CString chain);
void end_rule(Batch& batch, std::size_t rule);

struct Number {
  std::uint8_t attribute;
  std::uint8_t value;
};
struct Begun {
  std::size_t outer;
  std::size_t inner;
};
using Numbers = std::initializer_list<Number>;
void add_expression(Batch& batch, CString name, Numbers numbers);
Begun begin_expression(Batch& batch, CString name, Numbers numbers);  // more attributes follow
void end_expression(Batch& batch, Begun expression);
void add_data(Batch& batch, unsigned attribute, std::string_view bytes);

// Elements of one set in one message: what is added until `end_elements`.
std::size_t begin_elements(Batch& batch, unsigned message, unsigned flags, CString set);
void end_elements(Batch& batch, std::size_t elements);
struct Element {
  std::string_view key;
  std::string_view data = {};  // of a map
  std::uint32_t flags = 0;     // NFT_SET_ELEM_*
};
void add_element(Batch& batch, const Element& element);

// Asks whether the table is there: it is, or ENOENT.
void add_table_query(Batch& batch);

// Asks for every chain of every table and family (an answer in many messages).
void add_chain_query(Batch& batch);

// A base chain as an answer to that says it. Views into the answer.
struct BaseChain {
  std::uint8_t family = 0;  // NFPROTO_*
  std::string_view table = {};
  std::string_view name = {};
  std::string_view type = {};
  std::uint32_t hook = 0;
  std::uint32_t policy = 0;  // NF_DROP, NF_ACCEPT
};
std::optional<BaseChain> read_base_chain(const netlink::Message& message);  // nothing: anything else, or damaged

constexpr std::uint16_t message_type(unsigned message) {
  return static_cast<std::uint16_t>(10 << 8 | message);  // NFNL_SUBSYS_NFTABLES
}

}  // namespace microctr::nf_tables

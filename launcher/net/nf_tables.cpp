#include "launcher/net/nf_tables.h"

#include <linux/netfilter.h>
#include <linux/netfilter/nfnetlink.h>

namespace microctr::nf_tables {
namespace {

static_assert(message_type(0) == NFNL_SUBSYS_NFTABLES << 8);

// The same number in every message, so that one function begins them all.
constexpr unsigned table_attribute = 1;
static_assert(NFTA_TABLE_NAME == table_attribute && NFTA_CHAIN_TABLE == table_attribute &&
              NFTA_RULE_TABLE == table_attribute && NFTA_SET_TABLE == table_attribute &&
              NFTA_SET_ELEM_LIST_TABLE == table_attribute);

void begin_plain(Batch& batch, std::uint16_t type, unsigned flags, std::uint8_t family, std::uint16_t resource = 0) {
  nfgenmsg header = {};
  header.nfgen_family = family;
  header.version = NFNETLINK_V0;
  header.res_id = network_order(resource);
  batch.begin(type, flags);
  batch.add_fixed(header);
}

void begin(Batch& batch, unsigned message, unsigned flags) {
  begin_plain(batch, message_type(message), flags, NFPROTO_INET);
  batch.add_text(table_attribute, table_name);
}

void add_wire_number(Batch& batch, unsigned type, std::uint32_t number) {
  batch.add_number(type, network_order(number));
}

std::size_t begin_nested(Batch& batch, unsigned type) { return batch.begin_nested(type | NLA_F_NESTED); }

}  // namespace

void begin_transaction(Batch& batch) {
  begin_plain(batch, NFNL_MSG_BATCH_BEGIN, 0, NFPROTO_UNSPEC, NFNL_SUBSYS_NFTABLES);
}

void end_transaction(Batch& batch) {
  batch.await();  // the end of a transaction is acknowledged by Linux 6.10 and later only
  begin_plain(batch, NFNL_MSG_BATCH_END, 0, NFPROTO_UNSPEC, NFNL_SUBSYS_NFTABLES);
}

void add_table(Batch& batch) { begin(batch, NFT_MSG_NEWTABLE, NLM_F_CREATE); }
void add_table_deletion(Batch& batch) { begin(batch, NFT_MSG_DELTABLE, 0); }

void add_chain(Batch& batch, const Chain& chain) {
  begin(batch, NFT_MSG_NEWCHAIN, NLM_F_CREATE);
  batch.add_text(NFTA_CHAIN_NAME, chain.name);
  const std::size_t hook = begin_nested(batch, NFTA_CHAIN_HOOK);
  add_wire_number(batch, NFTA_HOOK_HOOKNUM, chain.hook);
  add_wire_number(batch, NFTA_HOOK_PRIORITY, static_cast<std::uint32_t>(std::int32_t{chain.priority}));
  batch.end_nested(hook);
  batch.add_text(NFTA_CHAIN_TYPE, chain.type);
}

void add_set(Batch& batch, const Set& set, std::uint32_t id) {
  begin(batch, NFT_MSG_NEWSET, NLM_F_CREATE);
  batch.add_text(NFTA_SET_NAME, set.name);
  add_wire_number(batch, NFTA_SET_FLAGS, set.flags);
  add_wire_number(batch, NFTA_SET_KEY_TYPE, set.key_type);
  add_wire_number(batch, NFTA_SET_KEY_LEN, set.key_size);
  if (set.data_size != 0) {
    add_wire_number(batch, NFTA_SET_DATA_TYPE, set.data_type);
    add_wire_number(batch, NFTA_SET_DATA_LEN, set.data_size);
  }
  add_wire_number(batch, NFTA_SET_ID, id);
  // nft's own note: type 0 (the key's byte order), four bytes, 1 for the host's. Without it nft shows names as "".
  constexpr bool is_little = std::endian::native == std::endian::little;
  static constexpr char host_order[] = {0, 4, is_little, 0, 0, !is_little};
  if (set.has_host_order) batch.add(NFTA_SET_USERDATA, {host_order, sizeof host_order});
}

std::size_t begin_rule(Batch& batch, CString chain) {
  begin(batch, NFT_MSG_NEWRULE, NLM_F_CREATE | NLM_F_APPEND);
  batch.add_text(NFTA_RULE_CHAIN, chain);
  return begin_nested(batch, NFTA_RULE_EXPRESSIONS);
}

void end_rule(Batch& batch, std::size_t rule) { batch.end_nested(rule); }

Begun begin_expression(Batch& batch, CString name, Numbers numbers) {
  const std::size_t outer = begin_nested(batch, NFTA_LIST_ELEM);
  batch.add_text(NFTA_EXPR_NAME, name);
  const std::size_t inner = begin_nested(batch, NFTA_EXPR_DATA);
  for (const Number number : numbers) add_wire_number(batch, number.attribute, number.value);
  return {outer, inner};
}

void end_expression(Batch& batch, Begun expression) {
  batch.end_nested(expression.inner);
  batch.end_nested(expression.outer);
}

void add_expression(Batch& batch, CString name, Numbers numbers) {
  end_expression(batch, begin_expression(batch, name, numbers));
}

void add_data(Batch& batch, unsigned attribute, std::string_view bytes) {
  const std::size_t data = begin_nested(batch, attribute);
  batch.add(NFTA_DATA_VALUE, bytes);
  batch.end_nested(data);
}

std::size_t begin_elements(Batch& batch, unsigned message, unsigned flags, CString set) {
  begin(batch, message, flags);
  batch.add_text(NFTA_SET_ELEM_LIST_SET, set);
  return begin_nested(batch, NFTA_SET_ELEM_LIST_ELEMENTS);
}

void end_elements(Batch& batch, std::size_t elements) { batch.end_nested(elements); }

void add_element(Batch& batch, const Element& element) {
  const std::size_t nested = begin_nested(batch, NFTA_LIST_ELEM);
  if (element.flags != 0) add_wire_number(batch, NFTA_SET_ELEM_FLAGS, element.flags);
  add_data(batch, NFTA_SET_ELEM_KEY, element.key);
  if (!element.data.empty()) add_data(batch, NFTA_SET_ELEM_DATA, element.data);
  batch.end_nested(nested);
}

void add_table_query(Batch& batch) { begin(batch, NFT_MSG_GETTABLE, 0); }

void add_chain_query(Batch& batch) { begin_plain(batch, message_type(NFT_MSG_GETCHAIN), NLM_F_DUMP, NFPROTO_UNSPEC); }

std::optional<BaseChain> read_base_chain(const netlink::Message& message) {
  const auto header = netlink::read_fixed<nfgenmsg>(message.body);
  if (message.type != message_type(NFT_MSG_NEWCHAIN) || !header) return {};
  BaseChain chain;
  chain.family = header->nfgen_family;
  chain.policy = NF_ACCEPT;
  bool is_base = false;
  netlink::Attributes attributes(message.body, sizeof(nfgenmsg));
  while (const auto attribute = attributes.next()) {
    switch (attribute->type) {
      case NFTA_CHAIN_TABLE: chain.table = attribute->text(); break;
      case NFTA_CHAIN_NAME: chain.name = attribute->text(); break;
      case NFTA_CHAIN_TYPE: chain.type = attribute->text(); break;
      case NFTA_CHAIN_POLICY:
        if (const auto number = attribute->number()) chain.policy = network_order(*number);
        break;
      case NFTA_CHAIN_HOOK: {
        netlink::Attributes hook(attribute->value);
        while (const auto part = hook.next()) {
          if (part->type != NFTA_HOOK_HOOKNUM || !part->number()) continue;
          chain.hook = network_order(*part->number());
          is_base = true;
        }
        break;
      }
      default: break;
    }
  }
  if (!is_base || attributes.malformed()) return {};
  return chain;
}

}  // namespace microctr::nf_tables

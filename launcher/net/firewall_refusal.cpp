#include "launcher/net/firewall_refusal.h"

#include <linux/netfilter/nfnetlink.h>

#include "launcher/net/nf_tables.h"

namespace microctr::firewall {
namespace {

Error lacks_support() {
  return {
      EOPNOTSUPP,
      "set up the firewall"_p,
      {},
      "the kernel has no nf_tables NAT: load the modules nf_tables nft_chain_nat nft_nat nft_masq nft_fib_inet nft_ct "
      "(CONFIG_NF_TABLES_INET, CONFIG_NFT_NAT, CONFIG_NFT_MASQ, CONFIG_NFT_FIB_INET, CONFIG_NFT_CT), or write "
      "nat = no and publish nothing"_p};
}

bool is_unknown_to_kernel(int code) {
  return code == ENOENT || code == EOPNOTSUPP || code == EAFNOSUPPORT || code == EPROTONOSUPPORT;
}

bool is_about_subnet(const netlink::Message& message) {
  netlink::Attributes attributes(message.body, sizeof(nfgenmsg));
  while (const auto attribute = attributes.next()) {
    if (attribute->type == NFTA_SET_ELEM_LIST_SET) return attribute->text().starts_with('s');
  }
  return false;
}

Error explain_elements(const netlink::Message& message, int code) {
  Phrase hint;
  if (code == ENOENT) hint = "it is not in the table inet microctr, which somebody may have flushed"_p;
  if (code == EEXIST) {
    hint = is_about_subnet(message) ? "another network has addresses of this subnet"_p
                                    : "another container has published this port"_p;
  }
  return {code, "change the firewall"_p, {}, hint};
}

}  // namespace

Error explain_refusal(const netlink::Batch& batch, const netlink::Refusal& refusal) {
  const int code = refusal.code;
  if (code == EPERM) {
    return {code, "set up the firewall"_p, {}, "needs root in this network namespace (CAP_NET_ADMIN)"_p};
  }
  const auto message = batch.message(refusal.message);
  const unsigned type = message ? message->type : 0;
  if (type == nf_tables::message_type(NFT_MSG_NEWSETELEM) || type == nf_tables::message_type(NFT_MSG_DELSETELEM)) {
    return explain_elements(*message, code);
  }
  const bool is_deletion = type == nf_tables::message_type(NFT_MSG_DELTABLE);
  if (is_unknown_to_kernel(code) && !(is_deletion && code == ENOENT)) return lacks_support();
  return {code, is_deletion ? "delete the firewall"_p : "set up the firewall"_p, {}, {}};
}

Failed explain_failure(const Error& error) {
  if (error.code != EPROTONOSUPPORT) return error.doing("set up the firewall"_p);
  const Error explained = lacks_support();
  return fail(explained.code, explained.what, {}, explained.hint);
}

}  // namespace microctr::firewall

#include "launcher/net/foreign_drop.h"

#include <linux/netfilter.h>

#include "launcher/base/bytes.h"
#include "launcher/net/netlink_socket.h"

namespace microctr {
namespace {

using netlink::NetlinkSocket;

constexpr unsigned attempts = 8;  // somebody else may change the ruleset while it is read

Literal name_of_family(std::uint8_t family) {
  switch (family) {
    case NFPROTO_INET: return "inet";
    case NFPROTO_IPV4: return "ip";
    case NFPROTO_IPV6: return "ip6";
    default: return "";
  }
}

struct Search {
  TextWriter* where;
  bool found = false;
};

void hear_chain(void* context, const netlink::Message& message) {
  auto& search = *static_cast<Search*>(context);
  const auto chain = nf_tables::read_base_chain(message);
  if (search.found || !chain || !is_foreign_drop(*chain)) return;
  search.found = true;
  search.where->add("table ", name_of_family(chain->family), ' ', chain->table, ", chain ", chain->name);
}

}  // namespace

bool is_foreign_drop(const nf_tables::BaseChain& chain) {
  if (name_of_family(chain.family).empty() || chain.hook != NF_INET_FORWARD || chain.policy != NF_DROP) return false;
  return chain.type == "filter" && !(chain.family == NFPROTO_INET && chain.table == nf_tables::table_name.view());
}

Result<bool> find_foreign_drop(TextWriter& where) {
  auto socket = NetlinkSocket::open(NETLINK_NETFILTER);
  if (!socket && socket.error().code == EPROTONOSUPPORT) return false;
  if (!socket) return socket.failed();
  for (unsigned attempt = 1;; ++attempt) {
    Bytes<64> storage;
    netlink::Batch batch(storage);
    nf_tables::add_chain_query(batch);
    Search search = {&where};
    const auto outcome = socket.value().exchange(batch, netlink::Ending::answered, {hear_chain, &search});
    if (search.found) return true;  // whatever came after it
    if (!outcome && (outcome.error().code != EINTR || attempt == attempts)) return outcome.failed();
    if (!outcome) continue;
    const auto& refusal = outcome.value();
    if (!refusal || refusal->code == EINVAL || refusal->code == EOPNOTSUPP) return false;  // EINVAL: no such subsystem
    return fail(refusal->code, "read the chains of the firewall"_p);
  }
}

}  // namespace microctr

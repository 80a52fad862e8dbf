#include "launcher/net/host_link.h"

#include "launcher/base/bytes.h"
#include "launcher/net/refusal.h"

namespace microctr {

namespace {

using netlink::Batch;
using netlink::Ending;
using netlink::NetlinkSocket;

struct Search {
  std::string_view mark;
  HostLink found;
};

void hear_link(void* context, const netlink::Message& message) {
  auto& search = *static_cast<Search*>(context);
  const auto answer = netlink::read_link(message);
  if (answer) search.found = {answer->index, answer->mtu, answer->is_up, answer->alias == search.mark, answer->mac};
}

void hear_listed(void* context, const netlink::Message& message) {
  const auto& listener = *static_cast<const LinkListener*>(context);
  if (const auto link = netlink::read_link(message)) listener.hear(listener.context, *link);
}

}  // namespace

Result<void> carry_out(NetlinkSocket& socket, Batch& batch, CString link) {
  const auto outcome = socket.exchange(batch, Ending::acknowledged);
  if (!outcome) return outcome.error().about(link);
  const auto& refusal = outcome.value();
  if (!refusal) return {};
  return netlink::explain_refusal(batch, *refusal, link);
}

Result<HostLink> find_link(NetlinkSocket& socket, CString name, const LinkMark& mark) {
  Bytes<128> storage;
  Batch batch(storage);
  netlink::add_link_query(batch, name);
  Search search = {mark.view(), {}};
  const auto refusal = TRY(socket.exchange(batch, Ending::answered, {hear_link, &search}));
  if (refusal && refusal->code != ENODEV) return netlink::explain_refusal(batch, *refusal, name);
  return search.found;
}

Result<void> list_links(NetlinkSocket& socket, LinkListener listener) {
  for (unsigned attempt = 8;; --attempt) {
    Bytes<64> storage;
    Batch batch(storage);
    netlink::add_links_query(batch);
    const auto outcome = socket.exchange(batch, Ending::answered, {hear_listed, &listener});
    if (!outcome && outcome.error().code == EINTR && attempt != 0) continue;
    return outcome ? Result<void>() : outcome.failed();
  }
}

Result<void> delete_link(NetlinkSocket& socket, std::uint32_t index, CString name) {
  Bytes<64> storage;
  Batch batch(storage);
  netlink::add_link_deletion(batch, index);
  auto deleted = carry_out(socket, batch, name);
  if (!deleted && deleted.error().code == ENODEV) return {};
  return deleted;
}

Result<void> delete_link_if_ours(NetlinkSocket& socket, CString name, const LinkMark& mark) {
  const HostLink link = TRY(find_link(socket, name, mark));
  if (link.index == 0 || !link.is_ours) return {};
  return delete_link(socket, link.index, name);
}

}  // namespace microctr

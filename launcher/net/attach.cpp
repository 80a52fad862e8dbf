#include "launcher/net/attach.h"

#include <linux/rtnetlink.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <algorithm>

#include "launcher/base/bytes.h"
#include "launcher/base/sys.h"
#include "launcher/base/text.h"
#include "launcher/net/link.h"
#include "launcher/net/netlink_socket.h"
#include "launcher/net/refusal.h"
#include "launcher/spec/address.h"

namespace microctr {
namespace {

using netlink::Batch;
using netlink::Ending;
using netlink::NetlinkSocket;

// Bytes of one side: a pair 200, an alias 112, two links 64, two routes 112, and at most 64 for each address.
constexpr std::size_t batch_size = 512 + 64 * limits::addresses;

// What marks a link as ours. A name too long for it is cut here and compared as it was cut.
class Mark {
 public:
  explicit Mark(CString owner) { text_.add("microctr:", owner); }
  std::string_view view() const { return text_.view(); }

 private:
  TextBuffer<16 + limits::name> text_;
};

// Sends the batch; a message that the kernel refuses becomes the Error of the whole.
Result<void> carry_out(NetlinkSocket& socket, Batch& batch, CString link) {
  const auto refusal = TRY(socket.exchange(batch, Ending::acknowledged));
  if (!refusal) return {};
  return netlink::explain_refusal(batch, *refusal, link);
}

Result<void> carry_out(Batch& batch, CString link) {
  NetlinkSocket socket = TRY(NetlinkSocket::open(NETLINK_ROUTE));
  return carry_out(socket, batch, link);
}

Result<void> delete_link(NetlinkSocket& socket, std::uint32_t index, CString name) {
  Bytes<64> storage;
  Batch batch(storage);
  netlink::add_link_deletion(batch, index);
  auto deleted = carry_out(socket, batch, name);
  if (!deleted && deleted.error().code == ENODEV) return {};
  return deleted;
}

Result<std::uint64_t> network_namespace_of(pid_t target) {
  const TextBuffer<40> path("/proc/", target, "/ns/net");
  const auto status = sys::status_at(sys::working_directory, path.text(), 0);
  if (status) return status.value().inode;
  return fail(status.error().code, "find the container's network namespace"_p, {},
              "the process has ended, or /proc is not mounted"_p);
}

struct OwnLink {
  std::string_view mark;
  std::uint32_t wanted = 0;  // 0: any index
  std::uint32_t index = 0;   // 0: none that is ours
};

void hear_link(void* context, const netlink::Message& message) {
  auto& own = *static_cast<OwnLink*>(context);
  const auto answer = netlink::read_link(message);
  if (!answer || answer->alias != own.mark) return;
  if (own.wanted == 0 || own.wanted == answer->index) own.index = answer->index;
}

// Deletes the link of this name if it has the alias of `owner` and, unless that is 0, the index.
Result<void> delete_own_link(CString name, CString owner, std::uint32_t index) {
  NetlinkSocket socket = TRY(NetlinkSocket::open(NETLINK_ROUTE));
  Bytes<128> storage;
  Batch batch(storage);
  netlink::add_link_query(batch, name);
  const Mark mark(owner);
  OwnLink own = {mark.view(), index};
  const auto refusal = TRY(socket.exchange(batch, Ending::answered, {hear_link, &own}));
  if (refusal && refusal->code != ENODEV) return netlink::explain_refusal(batch, *refusal, name);
  if (own.index == 0) return {};
  return delete_link(socket, own.index, name);
}

netlink::GatewayReach reach_of(const Address& gateway, std::span<const Address> addresses) {
  const bool in_subnet =
      std::ranges::any_of(addresses, [&](const Address& address) { return is_in_subnet(address, gateway); });
  return in_subnet ? netlink::GatewayReach::by_subnet : netlink::GatewayReach::on_link;
}

}  // namespace

Result<void> create_veth(const VethPlan& plan, pid_t target) {
  const std::uint32_t index = host_link_index(TRY(network_namespace_of(target)), plan.interface);
  Bytes<batch_size> storage;
  Batch batch(storage);
  netlink::add_veth(batch, {plan.host_name, index, plan.inside_name, first_inside_index + plan.interface, target});
  netlink::add_link_alias(batch, index, Mark(plan.owner).view());
  for (const Address& address : plan.host_addresses) netlink::add_address(batch, index, address);

  NetlinkSocket socket = TRY(NetlinkSocket::open(NETLINK_ROUTE));
  const auto outcome = socket.exchange(batch, Ending::acknowledged);
  if (!outcome) {  // unknown how far it came: alias and index tell whether this link was made here
    static_cast<void>(delete_own_link(plan.host_name, plan.owner, index));
    return outcome.error().about(plan.host_name);
  }
  const auto& refusal = outcome.value();
  if (!refusal) return {};
  if (refusal->message != 0) static_cast<void>(delete_link(socket, index, plan.host_name));
  return netlink::explain_refusal(batch, *refusal, plan.host_name);
}

Result<void> configure_inside(const InsidePlan& plan) {
  const std::uint32_t index = first_inside_index + plan.interface;
  Bytes<batch_size> storage;
  Batch batch(storage);
  netlink::add_link_up(batch, netlink::loopback_index);
  netlink::add_link_up(batch, index);
  for (const Address& address : plan.addresses) netlink::add_address(batch, index, address);
  for (const Address* gateway : {plan.gateway4, plan.gateway6}) {
    if (gateway == nullptr) continue;
    netlink::add_default_route(batch, index, *gateway, reach_of(*gateway, plan.addresses));
  }
  return carry_out(batch, plan.name);
}

Result<void> bring_up_loopback() {
  Bytes<64> storage;
  Batch batch(storage);
  netlink::add_link_up(batch, netlink::loopback_index);
  return carry_out(batch, "lo");
}

Result<void> delete_link_if_ours(CString host_name, CString owner) { return delete_own_link(host_name, owner, 0); }

}  // namespace microctr

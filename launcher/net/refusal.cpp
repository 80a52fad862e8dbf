#include "launcher/net/refusal.h"

#include <linux/rtnetlink.h>
#include <sys/socket.h>

namespace microctr::netlink {
namespace {

Phrase what_of(std::uint16_t type) {
  switch (type) {
    case RTM_NEWLINK: return "create the link"_p;
    case RTM_SETLINK: return "set up the link"_p;
    case RTM_GETLINK: return "look up the link"_p;
    case RTM_DELLINK: return "delete the link"_p;
    case RTM_NEWADDR: return "add the address to the link"_p;
    case RTM_NEWROUTE: return "add the default route over the link"_p;
    default: return "configure the network"_p;
  }
}

// The kernel lacks the family altogether (EOPNOTSUPP, EAFNOSUPPORT) or has it off (EACCES, EADDRNOTAVAIL).
bool is_family_off(int code) {
  return code == EOPNOTSUPP || code == EAFNOSUPPORT || code == EACCES || code == EADDRNOTAVAIL;
}

Phrase hint_for_link(int code) {
  switch (code) {
    case EEXIST: return "another link has this name; `ip link` or /sys/class/net shows it"_p;
    case EBUSY:
      return "the link's index is taken, or its parent has links of another kind (macvlan, ipvlan, bridge) already"_p;
    case EOPNOTSUPP:
    case ENODEV:
      return "the kernel has no links of this kind: load the module bridge, veth, macvlan or ipvlan (CONFIG_BRIDGE, "
             "CONFIG_VETH, CONFIG_MACVLAN, CONFIG_IPVLAN)"_p;
    case ERANGE: return "the name of a link has at most 15 characters"_p;
    case EXFULL: return "a bridge has at most 1023 ports: write bridge = NAME and bridge_subnet for another one"_p;
    case ESRCH: return "the container's process ended meanwhile"_p;
    default: return {};
  }
}

Phrase hint_for(const Message& message, int code) {
  if (code == EPERM) return "needs root in this network namespace (CAP_NET_ADMIN)"_p;
  if (message.type == RTM_NEWLINK) return hint_for_link(code);
  const auto family = read_fixed<std::uint8_t>(message.body);  // first in ifaddrmsg and rtmsg
  if (message.type != RTM_NEWADDR && message.type != RTM_NEWROUTE) return {};
  if (family == AF_INET6 && is_family_off(code)) {
    return "IPv6 is off: CONFIG_IPV6, boot argument ipv6.disable, or sysctl net.ipv6.conf.*.disable_ipv6"_p;
  }
  if (message.type == RTM_NEWADDR && code == EEXIST) return "the link has this address already"_p;
  if (code == EEXIST) return "there is a default route already"_p;
  if (message.type == RTM_NEWROUTE && (code == EHOSTUNREACH || code == ENETUNREACH || code == EINVAL)) {
    return "the gateway must be another address of a subnet on the link"_p;
  }
  return {};
}

}  // namespace

Error explain_refusal(const Batch& batch, const Refusal& refusal, CString subject) {
  const auto message = batch.message(refusal.message);
  if (!message) return {refusal.code, what_of(0), subject, {}};
  return {refusal.code, what_of(message->type), subject, hint_for(*message, refusal.code)};
}

}  // namespace microctr::netlink

// One link of the host: find it, delete it, and tell ours from others by the alias that we give them.
//
// Functions here make conversations with the kernel on a socket of the caller's, whose network namespace is the one
// they are about. Errors carry the link's name. Nothing here is logged.
#pragma once

#include "launcher/base/limits.h"
#include "launcher/base/text.h"
#include "launcher/net/link.h"
#include "launcher/net/netlink_socket.h"

namespace microctr {

// What marks a link as ours: `microctr:NAME` for a container's; a bridge belongs to none of them.
class LinkMark {
 public:
  explicit LinkMark(CString container) { text_.add("microctr:", container); }
  static LinkMark of_bridge() { return LinkMark("/bridge"); }  // no container has this name
  std::string_view view() const { return text_.view(); }

 private:
  TextBuffer<16 + limits::name> text_;
};

struct HostLink {
  std::uint32_t index = 0;  // 0: there is none of this name
  std::uint32_t mtu = 0;
  bool is_up = false;
  bool is_ours = false;  // it carries the mark that was asked for
  HardwareAddress mac = {};
};
Result<HostLink> find_link(netlink::NetlinkSocket& socket, CString name, const LinkMark& mark);

// Sends the batch; a message that the kernel refuses becomes the Error of the whole, about `link`.
Result<void> carry_out(netlink::NetlinkSocket& socket, netlink::Batch& batch, CString link);

// Calls `hear` with every link of the host, and again when they change meanwhile.
struct LinkListener {
  void (*hear)(void* context, const netlink::LinkAnswer& link);
  void* context;
};
Result<void> list_links(netlink::NetlinkSocket& socket, LinkListener listener);

// Waits until it is gone (about 30 ms). One that is missing is success.
Result<void> delete_link(netlink::NetlinkSocket& socket, std::uint32_t index, CString name);

// The same for the link of this name, when it carries the mark; anything else is left alone, and success.
Result<void> delete_link_if_ours(netlink::NetlinkSocket& socket, CString name, const LinkMark& mark);

}  // namespace microctr

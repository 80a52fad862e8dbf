#include "launcher/net/link.h"

#include <gtest/gtest.h>

#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <sys/socket.h>

#include "launcher/net/attach.h"
#include "launcher/net/refusal.h"
#include "launcher/spec/address.h"
#include "launcher/spec/link_name.h"
#include "tests/unit/net_bytes.h"
#include "tests/unit/plain.h"

namespace microctr::netlink {
namespace {

Address address_of(std::string_view text, std::uint8_t prefix) {
  Address address = *parse_address(text);
  address.prefix = prefix;
  return address;
}

std::string value_of(std::span<const char> bytes, std::size_t fixed, unsigned type) {
  Attributes attributes(bytes, fixed);
  while (const auto attribute = attributes.next()) {
    if (attribute->type == type) return {attribute->value.data(), attribute->value.size()};
  }
  return "none";
}

std::string four(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d) {
  const std::uint8_t bytes[] = {a, b, c, d};
  return bytes_of(bytes);
}

class NetLink : public testing::Test {
 protected:
  char storage_[512];
  Batch batch_{storage_};

  Message only() {
    EXPECT_TRUE(batch_.finish(1, Ending::acknowledged));
    EXPECT_EQ(batch_.count(), 1U);
    return *batch_.message(0);
  }
};

TEST_F(NetLink, VethPairHasBothEndsInOneMessage) {
  add_veth(batch_, {{"mc-web", 1 << 30}, {"eth0", 100}, {4711}});
  const Message message = only();
  EXPECT_EQ(message.type, RTM_NEWLINK);
  EXPECT_EQ(message.flags, NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL);
  const auto header = read_fixed<ifinfomsg>(message.body);
  EXPECT_EQ(header->ifi_index, 1 << 30);
  EXPECT_EQ(header->ifi_flags, 1U);  // IFF_UP
  EXPECT_EQ(header->ifi_change, 1U);
  EXPECT_EQ(value_of(message.body, sizeof(ifinfomsg), IFLA_IFNAME), std::string("mc-web", 7));
  const std::string information = value_of(message.body, sizeof(ifinfomsg), IFLA_LINKINFO);
  EXPECT_EQ(value_of(information, 0, IFLA_INFO_KIND), std::string("veth", 5));
  const std::string peer = value_of(value_of(information, 0, IFLA_INFO_DATA), 0, VETH_INFO_PEER);
  EXPECT_EQ(read_fixed<ifinfomsg>(peer)->ifi_index, 100);
  EXPECT_EQ(read_fixed<ifinfomsg>(peer)->ifi_flags, 0U);
  EXPECT_EQ(value_of(peer, sizeof(ifinfomsg), IFLA_IFNAME), std::string("eth0", 5));
  EXPECT_EQ(value_of(peer, sizeof(ifinfomsg), IFLA_NET_NS_PID), bytes_of(std::uint32_t{4711}));
}

TEST_F(NetLink, AliasHasNoNul) {
  add_link_alias(batch_, 9, "microctr:web");
  const Message message = only();
  EXPECT_EQ(message.type, RTM_SETLINK);
  EXPECT_EQ(read_fixed<ifinfomsg>(message.body)->ifi_index, 9);
  EXPECT_EQ(read_fixed<ifinfomsg>(message.body)->ifi_change, 0U);
  EXPECT_EQ(value_of(message.body, sizeof(ifinfomsg), IFLA_IFALIAS), "microctr:web");
}

TEST_F(NetLink, MutedLinkMakesNoAddressOfItsOwn) {
  add_link_mute(batch_, 9);
  const Message message = only();
  EXPECT_EQ(message.type, RTM_SETLINK);
  EXPECT_EQ(read_fixed<ifinfomsg>(message.body)->ifi_index, 9);
  EXPECT_EQ(read_fixed<ifinfomsg>(message.body)->ifi_change, 0U);
  const std::string families = value_of(message.body, sizeof(ifinfomsg), IFLA_AF_SPEC);
  const std::string mode = value_of(value_of(families, 0, AF_INET6), 0, IFLA_INET6_ADDR_GEN_MODE);
  EXPECT_EQ(mode, std::string(1, IN6_ADDR_GEN_MODE_NONE));
}

TEST_F(NetLink, Ipv4AddressHasItsBroadcast) {
  add_address(batch_, 9, address_of("10.1.2.3", 20));
  const Message message = only();
  const auto header = read_fixed<ifaddrmsg>(message.body);
  EXPECT_EQ(header->ifa_family, AF_INET);
  EXPECT_EQ(header->ifa_prefixlen, 20);
  EXPECT_EQ(header->ifa_index, 9U);
  EXPECT_EQ(header->ifa_flags, 0);
  EXPECT_EQ(value_of(message.body, sizeof(ifaddrmsg), IFA_LOCAL), four(10, 1, 2, 3));
  EXPECT_EQ(value_of(message.body, sizeof(ifaddrmsg), IFA_ADDRESS), four(10, 1, 2, 3));
  EXPECT_EQ(value_of(message.body, sizeof(ifaddrmsg), IFA_BROADCAST), four(10, 1, 15, 255));
}

TEST_F(NetLink, SmallestSubnetsHaveNoBroadcast) {
  add_address(batch_, 9, address_of("10.1.2.2", 31));
  EXPECT_EQ(value_of(only().body, sizeof(ifaddrmsg), IFA_BROADCAST), "none");
}

TEST_F(NetLink, Ipv6AddressIsUsableAtOnce) {
  const Address address = address_of("fd00:1::2", 64);
  add_address(batch_, 9, address);
  const Message message = only();
  const auto header = read_fixed<ifaddrmsg>(message.body);
  EXPECT_EQ(header->ifa_family, AF_INET6);
  EXPECT_EQ(header->ifa_flags, IFA_F_NODAD);
  EXPECT_EQ(value_of(message.body, sizeof(ifaddrmsg), IFA_LOCAL), bytes_of(address.bytes));
  EXPECT_EQ(value_of(message.body, sizeof(ifaddrmsg), IFA_BROADCAST), "none");
}

TEST_F(NetLink, DefaultRouteGoesThroughGatewayAndLink) {
  add_default_route(batch_, 9, address_of("10.1.2.1", 32), GatewayReach::by_subnet);
  const Message message = only();
  const auto header = read_fixed<rtmsg>(message.body);
  EXPECT_EQ(message.type, RTM_NEWROUTE);
  EXPECT_EQ(header->rtm_dst_len, 0);
  EXPECT_EQ(header->rtm_table, RT_TABLE_MAIN);
  EXPECT_EQ(header->rtm_type, RTN_UNICAST);
  EXPECT_EQ(header->rtm_flags, 0U);
  EXPECT_EQ(value_of(message.body, sizeof(rtmsg), RTA_GATEWAY), four(10, 1, 2, 1));
  EXPECT_EQ(value_of(message.body, sizeof(rtmsg), RTA_OIF), bytes_of(std::uint32_t{9}));
}

TEST_F(NetLink, GatewayOutsideTheSubnetsIsOnTheLink) {
  add_default_route(batch_, 9, address_of("10.1.2.1", 32), GatewayReach::on_link);
  EXPECT_EQ(read_fixed<rtmsg>(only().body)->rtm_flags, unsigned{RTNH_F_ONLINK});
}

TEST_F(NetLink, ProbeOfTheDefaultRouteMakesNone) {
  add_default_route_probe(batch_, 9, address_of("10.1.2.1", 32), GatewayReach::by_subnet);
  const Message message = only();
  EXPECT_EQ(message.type, RTM_NEWROUTE);
  EXPECT_EQ(message.flags, NLM_F_REQUEST | NLM_F_ACK);
  EXPECT_EQ(value_of(message.body, sizeof(rtmsg), RTA_GATEWAY), four(10, 1, 2, 1));
}

TEST_F(NetLink, DefaultRouteOfALinkIsDeletedByWhateverGateway) {
  add_default_route_deletion(batch_, 9);
  const Message message = only();
  EXPECT_EQ(message.type, RTM_DELROUTE);
  EXPECT_EQ(value_of(message.body, sizeof(rtmsg), RTA_GATEWAY), "none");
  EXPECT_EQ(value_of(message.body, sizeof(rtmsg), RTA_OIF), bytes_of(std::uint32_t{9}));
}

TEST(NetLinkAnswer, ReadsIndexAndAlias) {
  ifinfomsg header = {};
  header.ifi_index = 17;
  const std::string body =
      bytes_of(header) + attribute(IFLA_IFNAME, {"mc-web", 7}) + attribute(IFLA_IFALIAS, {"microctr:web", 13});
  const auto answer = read_link({RTM_NEWLINK, 0, 1, body});
  EXPECT_EQ(answer->index, 17U);
  EXPECT_EQ(answer->alias, "microctr:web");
  EXPECT_FALSE(read_link({RTM_DELLINK, 0, 1, body}));
  EXPECT_FALSE(read_link({RTM_NEWLINK, 0, 1, std::span(body).first(10)}));
  EXPECT_FALSE(read_link({RTM_NEWLINK, 0, 1, std::span(body).first(body.size() - 8)}));  // a cut link is no link
}

TEST(NetLinkIndex, IsOneForEachNamespaceAndInterface) {
  EXPECT_EQ(host_link_index(0xf000'0000, 0), 1U << 30);
  EXPECT_NE(host_link_index(4026532201, 0), host_link_index(4026532202, 0));
  EXPECT_NE(host_link_index(4026532201, 0), host_link_index(4026532201, 15));
  EXPECT_LE(host_link_index(UINT64_MAX, 15), 0x7fff'ffffU);  // the kernel's index is an int above 0
}

TEST(NetLinkRefusal, SaysWhatWasRefusedAndWhatHelps) {
  char storage[512];
  Batch batch(storage);
  add_veth(batch, {{"mc-web", 1 << 30}, {"eth0", 100}, {4711}});
  add_address(batch, 9, address_of("fd00:1::2", 64));
  add_address(batch, 9, address_of("10.1.2.3", 24));
  const auto hint = [&](std::size_t index, int code) {
    const Error error = explain_refusal(batch, {index, code}, "mc-web");
    EXPECT_EQ(error.code, code);
    EXPECT_EQ(error.subject.view(), "mc-web");
    return plain(error.hint);
  };
  EXPECT_NE(hint(0, EOPNOTSUPP).find("CONFIG_VETH"), std::string::npos);
  EXPECT_NE(hint(0, EEXIST).find("name"), std::string::npos);
  EXPECT_NE(hint(0, EXFULL).find("1023 ports"), std::string::npos);
  EXPECT_NE(hint(0, EPERM).find("CAP_NET_ADMIN"), std::string::npos);
  EXPECT_NE(hint(1, EOPNOTSUPP).find("IPv6 is off"), std::string::npos);
  EXPECT_NE(hint(1, EACCES).find("IPv6 is off"), std::string::npos);
  EXPECT_EQ(hint(2, EACCES), "");
  EXPECT_EQ(plain(explain_refusal(batch, {2, EINVAL}, "").what), "add the address to the link");
  EXPECT_EQ(plain(explain_refusal(batch, {3, EINVAL}, "").what), "configure the network");
}

std::string name_of(std::string_view container, unsigned interface = 0) {
  TextBuffer<32> text;
  write_host_link_name(container, interface, text);
  return std::string(text.view());
}

TEST(NetLinkName, IsWhatTheKernelTakes) {
  for (const char* name : {"eth0", "br-lan", "eth0.10", "wlan0@x", "fifteen-letters"}) {
    EXPECT_TRUE(is_link_name(name)) << name;
  }
  for (const char* name : {"", ".", "..", "a/b", "a b", "a\tb", "a:b", "eth%d", "a\x7f", "sixteen-letters-"}) {
    EXPECT_FALSE(is_link_name(name)) << name;
  }
  for (const char* name : {"eth1", "wan_0", "LAN-2", "fifteen-letters"}) EXPECT_TRUE(is_interface_name(name)) << name;
  for (const char* name : {"", "lo", "all", "default", "eth0.10", "a@b", "sixteen-letters-"}) {
    EXPECT_FALSE(is_interface_name(name)) << name;
  }
}

TEST(NetLinkName, FitsAnInterfaceAndStaysTheSame) {
  EXPECT_EQ(name_of("web"), "mc-web");
  EXPECT_EQ(name_of("twelve-chars"), "mc-twelve-chars");
  EXPECT_EQ(name_of("thirteen-char"), "mc_thir1iog5g3g");
  EXPECT_EQ(name_of(std::string(63, 'x')).size(), 15U);
  EXPECT_NE(name_of("a-long-container-1"), name_of("a-long-container-2"));
  EXPECT_EQ(name_of("web", 1), "mc1-web");
  EXPECT_EQ(name_of("eleven-char", 7), "mc7-eleven-char");
  EXPECT_EQ(name_of("twelve-chars", 7).size(), 15U);
  EXPECT_EQ(name_of("twelve-chars", 7).substr(0, 7), "mc_twel");
  EXPECT_NE(name_of("twelve-chars", 7), name_of("twelve-chars", 6));
  EXPECT_NE(name_of("a-long-container", 1), name_of("a-long-container"));
  for (const char bad : name_of("a%d/b c")) EXPECT_TRUE(std::string_view("%/: ").find(bad) == std::string::npos);
}

}  // namespace
}  // namespace microctr::netlink

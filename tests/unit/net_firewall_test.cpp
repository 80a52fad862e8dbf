#include "launcher/net/firewall.h"

#include <gtest/gtest.h>

#include <linux/netfilter.h>
#include <linux/netfilter/nfnetlink.h>

#include <algorithm>
#include <cstdio>
#include <vector>

#include "launcher/net/firewall_refusal.h"
#include "launcher/net/foreign_drop.h"
#include "tests/unit/net_bytes.h"
#include "tests/unit/net_ports.h"
#include "tests/unit/plain.h"

namespace microctr {
namespace {

using netlink::attribute;
using netlink::Attributes;
using netlink::bytes_of;
using netlink::Message;
using netlink::Messages;

std::string hex(std::string_view bytes) {
  std::string text;
  char digits[3];
  for (const char byte : bytes) {
    std::snprintf(digits, sizeof digits, "%02x", static_cast<unsigned>(static_cast<unsigned char>(byte)));
    text += digits;
  }
  return text;
}

std::string value_of(std::span<const char> bytes, std::size_t fixed, unsigned type) {
  Attributes attributes(bytes, fixed);
  while (const auto found = attributes.next()) {
    if (found->type == type) return {found->value.data(), found->value.size()};
  }
  return "";
}

// `NEW port4 KEY>DATA KEY>DATA`, each in hexadecimal; an element with flags ends in `/FLAGS`.
std::string describe_elements(const Message& message) {
  const bool is_new = message.type == nf_tables::message_type(NFT_MSG_NEWSETELEM);
  std::string text = is_new ? (message.flags & NLM_F_EXCL) != 0 ? "ADD " : "PUT " : "DEL ";
  text += value_of(message.body, sizeof(nfgenmsg), NFTA_SET_ELEM_LIST_SET).c_str();
  const std::string list = value_of(message.body, sizeof(nfgenmsg), NFTA_SET_ELEM_LIST_ELEMENTS);
  Attributes elements(list);
  while (const auto element = elements.next()) {
    text += ' ' + hex(value_of(value_of(element->value, 0, NFTA_SET_ELEM_KEY), 0, NFTA_DATA_VALUE));
    const std::string data = value_of(value_of(element->value, 0, NFTA_SET_ELEM_DATA), 0, NFTA_DATA_VALUE);
    if (!data.empty()) text += '>' + hex(data);
    const std::string flags = value_of(element->value, 0, NFTA_SET_ELEM_FLAGS);
    if (!flags.empty()) text += '/' + hex(flags);
  }
  return text;
}

// What the transaction has written, read from its storage up to the first byte that is no message.
class NetFirewall : public testing::Test {
 protected:
  std::vector<char> storage_ = std::vector<char>(FirewallTransaction::large_storage);
  FirewallTransaction transaction_{storage_};

  std::vector<Message> messages() {
    std::vector<Message> all;
    Messages read(storage_);
    while (const auto message = read.next()) all.push_back(*message);
    return all;
  }
  // Those about elements. The last of them ends where another message begins.
  std::string elements() {
    transaction_.delete_table();
    const auto all = messages();
    std::string text;
    for (const Message& message : std::span(all).subspan(1, all.size() - 2)) text += describe_elements(message) + '\n';
    return text;
  }
};

TEST_F(NetFirewall, PortsOfEveryAddressAndOfOne) {
  transaction_.add_port(port_of("", 8080, false, "10.7.0.2"));
  transaction_.add_port(port_of("192.0.2.1", 53, true, "10.7.0.2"));
  transaction_.add_port(port_of("", 8080, false, "fd00::2"));
  transaction_.add_port(port_of("fd00::1", 53, true, "fd00::2"));
  const std::string inside6 = "fd000000000000000000000000000002";
  EXPECT_EQ(elements(),
            "ADD port4 060000001f900000>0a07000200500000\n"
            "ADD hostport4 c00002011100000000350000>0a07000200500000\n"
            "ADD port6 060000001f900000>" +
                inside6 +
                "00500000\n"
                "ADD hostport6 fd0000000000000000000000000000011100000000350000>" +
                inside6 + "00500000\n");
}

TEST_F(NetFirewall, RemovalNeedsTheKeyAlone) {
  transaction_.remove_port(port_of("", 8080, false, "10.7.0.2"));
  transaction_.remove_link("mc-web");
  EXPECT_EQ(elements(), "DEL port4 060000001f900000\nDEL link 6d632d77656200000000000000000000\n");
}

TEST_F(NetFirewall, SubnetIsAnIntervalWithoutItsHostBits) {
  transaction_.add_subnet(address_of("10.7.255.9", 20));
  transaction_.add_subnet(address_of("10.255.255.0", 24));
  transaction_.remove_subnet(address_of("fd00:0:0:ffff::1", 64));
  EXPECT_EQ(elements(),
            "PUT subnet4 0a07f000 0a080000/00000001 0affff00 0b000000/00000001\n"
            "DEL subnet6 fd0000000000ffff0000000000000000 fd000000000100000000000000000000/00000001\n");
}

TEST_F(NetFirewall, LastSubnetOfAllHasNoEnd) {
  transaction_.add_subnet(address_of("255.255.255.255", 24));
  Address everything = address_of("1.2.3.4");
  everything.prefix = 0;
  transaction_.add_subnet(everything);
  EXPECT_EQ(elements(), "PUT subnet4 ffffff00 00000000\n");
}

TEST_F(NetFirewall, LinkIsItsNameInSixteenBytes) {
  transaction_.add_link("mc_thir1iog5g3g");
  transaction_.add_link("far-too-long-a-name-for-a-link");
  EXPECT_EQ(elements(),
            "PUT link 6d635f746869723169"
            "6f673567336700 6661722d746f6f2d6c6f6e672d612d00\n");
}

TEST_F(NetFirewall, NeighboursShareAMessageUntilItIsLarge) {
  for (std::uint16_t port = 1; port <= 1000; ++port) transaction_.add_port(port_of("", port, false, "10.7.0.2"));
  const auto all = messages();
  EXPECT_GE(all.size(), 5U);
  EXPECT_LE(all.size(), 15U);
  for (const Message& message : all) EXPECT_LT(message.body.size(), 4200U);  // a refusal repeats it, in 8192 bytes
}

TEST_F(NetFirewall, TableIsMadeAnewInOneTransaction) {
  transaction_.recreate_table();
  const auto all = messages();
  ASSERT_GE(all.size(), 5U);
  EXPECT_EQ(all[0].type, NFNL_MSG_BATCH_BEGIN);
  EXPECT_EQ(bytes_of(*netlink::read_fixed<nfgenmsg>(all[0].body)), std::string(3, '\0') + '\x0a');
  EXPECT_EQ(all[1].type, nf_tables::message_type(NFT_MSG_NEWTABLE));
  EXPECT_EQ(all[2].type, nf_tables::message_type(NFT_MSG_DELTABLE));
  EXPECT_EQ(all[3].type, nf_tables::message_type(NFT_MSG_NEWTABLE));
  for (const Message& message : std::span(all).subspan(1)) {
    EXPECT_EQ(message.body[0], NFPROTO_INET);
    EXPECT_STREQ(value_of(message.body, sizeof(nfgenmsg), 1).c_str(), "microctr");
  }
  const auto count = [&](unsigned type) {
    return std::ranges::count(all, nf_tables::message_type(type), &Message::type);
  };
  EXPECT_EQ(count(NFT_MSG_NEWSET), 7);
  EXPECT_EQ(count(NFT_MSG_NEWCHAIN), 5);
  EXPECT_EQ(count(NFT_MSG_NEWRULE), 26);
  std::size_t size = 0;
  for (const Message& message : all) size += sizeof(nlmsghdr) + message.body.size();
  EXPECT_LT(size, FirewallTransaction::table_storage);
}

TEST(NetFirewallStorage, TooSmallIsRefusedAndNothingIsSent) {
  for (const std::size_t size : {std::size_t{20}, std::size_t{60}, std::size_t{1000}}) {
    std::vector<char> storage(size);
    FirewallTransaction transaction(storage);
    transaction.recreate_table();
    EXPECT_EQ(transaction.commit().error().code, EMSGSIZE) << size;
  }
}

TEST(NetFirewallStorage, NoChangeIsNoConversation) {
  char storage[20];  // the begin alone: an end would be too much
  EXPECT_TRUE(FirewallTransaction(storage).commit());
}

TEST(NetFirewallStorage, LastChangeIsAcknowledgedAndNotTheEnd) {
  char storage[256];
  netlink::Batch batch(storage);
  nf_tables::begin_transaction(batch);
  nf_tables::add_table(batch);
  nf_tables::add_table_deletion(batch);
  nf_tables::end_transaction(batch);
  ASSERT_TRUE(batch.finish(1, netlink::Ending::acknowledged));
  EXPECT_EQ(batch.awaited(), 2U);
  for (std::size_t index = 0; index < 4; ++index) {
    EXPECT_EQ((batch.message(index)->flags & NLM_F_ACK) != 0, index == 2) << index;
  }
}

class NetFirewallRefusal : public testing::Test {
 protected:
  Error explain(std::size_t message, int code) { return firewall::explain_refusal(batch_, {message, code}); }
  void SetUp() override {
    nf_tables::begin_transaction(batch_);                                            // 0
    nf_tables::add_table_deletion(batch_);                                           // 1
    nf_tables::add_chain(batch_, {"x", "nat", NF_INET_FORWARD, 0});                  // 2
    nf_tables::begin_elements(batch_, NFT_MSG_NEWSETELEM, NLM_F_EXCL, "hostport4");  // 3
    nf_tables::begin_elements(batch_, NFT_MSG_NEWSETELEM, 0, "subnet6");             // 4
    nf_tables::begin_elements(batch_, NFT_MSG_DELSETELEM, 0, "link");                // 5
  }

 private:
  char storage_[512];
  netlink::Batch batch_{storage_};
};

TEST_F(NetFirewallRefusal, MissingKernelPartsHaveOneCode) {
  for (const auto& [message, code] : {std::pair{0, EOPNOTSUPP}, {2, ENOENT}, {2, EAFNOSUPPORT}, {1, EAFNOSUPPORT}}) {
    const Error error = explain(static_cast<std::size_t>(message), code);
    EXPECT_EQ(error.code, EOPNOTSUPP);
    EXPECT_NE(plain(error.hint).find("nft_chain_nat"), std::string::npos) << message << ' ' << code;
  }
  EXPECT_EQ(firewall::explain_failure({EPROTONOSUPPORT, "open", "", {}}).error().code, EOPNOTSUPP);
  EXPECT_EQ(firewall::explain_failure({EMFILE, "open", "", {}}).error().code, EMFILE);
}

TEST_F(NetFirewallRefusal, WhatTheTableLacksOrHasStaysDistinct) {
  EXPECT_EQ(explain(1, ENOENT).code, ENOENT);
  EXPECT_EQ(explain(3, ENOENT).code, ENOENT);
  EXPECT_EQ(explain(5, ENOENT).code, ENOENT);
  EXPECT_EQ(explain(3, EEXIST).code, EEXIST);
  EXPECT_NE(plain(explain(3, EEXIST).hint).find("port"), std::string::npos);
  EXPECT_NE(plain(explain(4, EEXIST).hint).find("subnet"), std::string::npos);
  EXPECT_NE(plain(explain(0, EPERM).hint).find("CAP_NET_ADMIN"), std::string::npos);
  EXPECT_EQ(explain(9, EIO).code, EIO);  // no such message
}

std::string number(std::uint32_t value) { return bytes_of(nf_tables::network_order(value)); }

std::string chain_body(std::uint8_t family, std::string_view table, unsigned hook, unsigned policy) {
  return std::string(1, static_cast<char>(family)) + std::string(3, '\0') +
         attribute(NFTA_CHAIN_TABLE, std::string(table) + '\0') + attribute(NFTA_CHAIN_NAME, {"FORWARD", 8}) +
         attribute(NFTA_CHAIN_HOOK | NLA_F_NESTED, attribute(NFTA_HOOK_HOOKNUM, number(hook))) +
         attribute(NFTA_CHAIN_POLICY, number(policy)) + attribute(NFTA_CHAIN_TYPE, {"filter", 7});
}

bool is_foreign(const std::string& body) {
  const auto chain = nf_tables::read_base_chain({nf_tables::message_type(NFT_MSG_NEWCHAIN), 0, 1, body});
  return chain && is_foreign_drop(*chain);
}

TEST(NetForeignDrop, IsAForwardChainOfSomebodyElseThatDrops) {
  EXPECT_TRUE(is_foreign(chain_body(NFPROTO_IPV4, "filter", NF_INET_FORWARD, NF_DROP)));
  EXPECT_TRUE(is_foreign(chain_body(NFPROTO_IPV6, "filter", NF_INET_FORWARD, NF_DROP)));
  EXPECT_TRUE(is_foreign(chain_body(NFPROTO_INET, "filter", NF_INET_FORWARD, NF_DROP)));
  EXPECT_TRUE(is_foreign(chain_body(NFPROTO_IPV4, "microctr", NF_INET_FORWARD, NF_DROP)));  // not our family
  EXPECT_FALSE(is_foreign(chain_body(NFPROTO_INET, "microctr", NF_INET_FORWARD, NF_DROP)));
  EXPECT_FALSE(is_foreign(chain_body(NFPROTO_BRIDGE, "filter", NF_INET_FORWARD, NF_DROP)));
  EXPECT_FALSE(is_foreign(chain_body(NFPROTO_IPV4, "filter", NF_INET_LOCAL_IN, NF_DROP)));
  EXPECT_FALSE(is_foreign(chain_body(NFPROTO_IPV4, "filter", NF_INET_FORWARD, NF_ACCEPT)));
}

TEST(NetForeignDrop, IsABaseChainWithItsPolicy) {
  const std::string start = std::string(1, '\2') + std::string(3, '\0') + attribute(NFTA_CHAIN_TYPE, {"filter", 7});
  const std::string hook = attribute(NFTA_CHAIN_HOOK, attribute(NFTA_HOOK_HOOKNUM, number(NF_INET_FORWARD)));
  const std::string policy = attribute(NFTA_CHAIN_POLICY, number(NF_DROP));
  EXPECT_TRUE(is_foreign(start + hook + policy));
  EXPECT_FALSE(is_foreign(start + hook));
  EXPECT_FALSE(is_foreign(start + hook + attribute(NFTA_CHAIN_POLICY, std::string(2, '\0'))));
  EXPECT_FALSE(nf_tables::read_base_chain({nf_tables::message_type(NFT_MSG_NEWCHAIN), 0, 1, start + policy}));
  EXPECT_FALSE(nf_tables::read_base_chain({nf_tables::message_type(NFT_MSG_NEWSET), 0, 1, start + hook + policy}));
}

TEST(NetForeignDrop, CutChainsAreNone) {
  const std::string body = chain_body(NFPROTO_IPV4, "filter", NF_INET_FORWARD, NF_DROP) + attribute(99, {"last", 4});
  ASSERT_TRUE(is_foreign(body));
  EXPECT_FALSE(is_foreign(body.substr(0, body.size() - 1)));    // in its last attribute, which nobody asked for
  for (std::size_t size = 0; size < body.size() - 9; ++size) {  // the NUL of its type is followed by padding
    const std::vector<char> exact(body.begin(), body.begin() + static_cast<std::ptrdiff_t>(size));
    const auto chain = nf_tables::read_base_chain({nf_tables::message_type(NFT_MSG_NEWCHAIN), 0, 1, exact});
    EXPECT_FALSE(chain && is_foreign_drop(*chain)) << size;
  }
}

}  // namespace
}  // namespace microctr

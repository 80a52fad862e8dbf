// The texts of /etc/hosts and /etc/resolv.conf.
#include <gtest/gtest.h>

#include <string>

#include "launcher/net/name_files.h"
#include "launcher/spec/address.h"
#include "tests/unit/plain.h"

namespace microctr {
namespace {

constexpr char base[] = "127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n";

Address address(std::string_view text) { return parse_address(text).value_or(Address()); }

class NameFilesTest : public testing::Test {
 protected:
  void SetUp() override {
    spec_.name = "web";
    add_interface(NetworkMode::veth);
  }
  Interface& add_interface(NetworkMode mode) {
    Interface interface;
    interface.mode = mode;
    EXPECT_TRUE(spec_.network.interfaces.push(interface));
    return spec_.network.interfaces.back();
  }
  void set_mode(NetworkMode mode) { spec_.network.interfaces[0].mode = mode; }

  std::string hosts(std::string_view of_host = {}, std::span<const InterfaceState> state = {}) {
    TextBuffer<4096> text;
    write_hosts({.spec = spec_, .entries = entries_, .state = state, .hosts = of_host}, text);
    EXPECT_FALSE(text.overflowed());
    return std::string(text.view());
  }
  std::string resolver(std::string_view of_host, std::string_view upstream = {}) {
    TextBuffer<4096> text;
    found_ = write_resolver(
        {.spec = spec_, .entries = entries_, .gateways = gateways_.view(), .resolver = of_host, .upstream = upstream},
        text);
    return std::string(text.view());
  }

  Spec spec_;
  Register entries_;
  FixedVector<Address, 2> gateways_;
  bool found_ = false;
};

TEST_F(NameFilesTest, hosts_without_an_address) { EXPECT_EQ(hosts(), std::string(base) + "127.0.1.1 web\n"); }

TEST_F(NameFilesTest, hosts_with_every_name) {
  spec_.hostname = "box";
  spec_.domainname = "example.net";
  ASSERT_TRUE(spec_.network.aliases.push("www"));
  ASSERT_TRUE(spec_.network.aliases.push("shop"));
  ASSERT_TRUE(spec_.network.interfaces[0].addresses.push(address("10.0.0.2")));
  ASSERT_TRUE(spec_.network.interfaces[0].addresses.push(address("fd00::2")));
  ASSERT_TRUE(spec_.network.hosts.push({"printer", address("192.0.2.1")}));
  EXPECT_EQ(hosts(), std::string(base) +
                         "10.0.0.2 box.example.net box www shop\nfd00::2 box.example.net box www shop\n"
                         "192.0.2.1 printer\n");
}

TEST_F(NameFilesTest, what_was_chosen_counts_before_what_was_written) {
  ASSERT_TRUE(spec_.network.interfaces[0].addresses.push(address("10.0.0.2")));
  InterfaceState state;
  ASSERT_TRUE(state.addresses.push(address("10.0.0.7")));
  EXPECT_EQ(hosts({}, {&state, 1}), std::string(base) + "10.0.0.7 web\n");
}

TEST_F(NameFilesTest, siblings_on_the_same_bridges) {
  set_mode(NetworkMode::bridge);
  add_interface(NetworkMode::bridge).name = "eth1";
  ASSERT_TRUE(entries_.add("bridge", {"mc0", "10.9.0.1/24", "nat"}));
  ASSERT_TRUE(entries_.add("lease", {"mc0", "db", "eth0", "10.9.0.3/24 fd00::3/64", "db sql"}));
  ASSERT_TRUE(entries_.add("lease", {"mc0", "web", "eth0", "10.9.0.2/24", "web www"}));
  ASSERT_TRUE(entries_.add("lease", {"mc1", "web", "eth1", "10.8.0.2/24", "web www"}));
  ASSERT_TRUE(entries_.add("lease", {"mc1", "mail", "eth0", "10.8.0.3/24", "-"}));
  ASSERT_TRUE(entries_.add("lease", {"mc2", "far", "eth0", "10.7.0.3/24", "far"}));
  ASSERT_TRUE(entries_.add("kept", {"mc0", "old", "eth0", "10.9.0.9/24", "old"}));
  EXPECT_EQ(hosts(),
            std::string(base) + "10.9.0.2 web\n10.8.0.2 web\n10.9.0.3 db sql\nfd00::3 db sql\n10.8.0.3 mail\n");
}

TEST_F(NameFilesTest, no_siblings_where_no_bridge_is) {
  set_mode(NetworkMode::macvlan);
  ASSERT_TRUE(entries_.add("lease", {"-", "web", "eth0", "10.9.0.2/24", "web"}));
  ASSERT_TRUE(entries_.add("lease", {"-", "db", "eth0", "10.9.0.3/24", "db"}));
  EXPECT_EQ(hosts(), std::string(base) + "10.9.0.2 web\n");
}

TEST_F(NameFilesTest, in_the_network_of_another_container) {
  set_mode(NetworkMode::container);
  spec_.network.interfaces[0].peer = "owner";
  ASSERT_TRUE(entries_.add("lease", {"mc0", "owner", "eth0", "10.9.0.2/24", "owner"}));
  ASSERT_TRUE(entries_.add("lease", {"mc0", "db", "eth0", "10.9.0.3/24", "db"}));
  ASSERT_TRUE(entries_.add("server", {"owner", "192.0.2.1", "-"}));
  EXPECT_EQ(hosts(), std::string(base) + "127.0.1.1 web\n10.9.0.2 owner\n10.9.0.3 db\n");
  EXPECT_EQ(resolver(""), "nameserver 192.0.2.1\n");
}

TEST_F(NameFilesTest, hosts_of_the_host) {
  set_mode(NetworkMode::host);
  ASSERT_TRUE(spec_.network.hosts.push({"printer", address("192.0.2.1")}));
  EXPECT_EQ(hosts("10.1.1.1 machine"), "10.1.1.1 machine\n192.0.2.1 printer\n");
  EXPECT_EQ(hosts("10.1.1.1 machine\n"), "10.1.1.1 machine\n192.0.2.1 printer\n");
  EXPECT_EQ(hosts(), std::string(base) + "192.0.2.1 printer\n");
}

TEST_F(NameFilesTest, resolver_of_the_host) {
  EXPECT_EQ(resolver("# a comment\nnameserver 192.0.2.1\nsearch a.example b.example\noptions ndots:2\n"),
            "nameserver 192.0.2.1\nsearch a.example b.example\noptions ndots:2\n");
  EXPECT_TRUE(found_);
}

TEST_F(NameFilesTest, lines_of_every_kind) {
  EXPECT_EQ(
      resolver("; old\r\nnameserver\t192.0.2.1 # first\r\n nameserver 192.0.2.2\nnameserver\nnameservers 192.0.2.3\n"
               "nameserver 192.0.2\nnameserver 192.0.2.1/24\nnameserver x\n\n\t\noptions\nsearch \noptions  edns0 \t\n"
               "domain one.example\r\nsearch two.example\r\nnameserver 2001:db8::1"),
      "nameserver 192.0.2.1\nnameserver 2001:db8::1\nsearch two.example\noptions edns0\n");
}

TEST_F(NameFilesTest, the_last_search_counts_and_domain_is_one) {
  EXPECT_EQ(resolver("nameserver 192.0.2.1\nsearch a.example\ndomain b.example"),
            "nameserver 192.0.2.1\nsearch b.example\n");
}

TEST_F(NameFilesTest, three_servers_that_can_be_reached) {
  EXPECT_EQ(resolver("nameserver 127.0.0.53\nnameserver ::1\nnameserver 192.0.2.1\nnameserver 192.0.2.2\n"
                     "nameserver ::ffff:127.0.0.1\nnameserver 0.0.0.0\nnameserver 192.0.2.3\nnameserver 192.0.2.4\n"),
            "nameserver 192.0.2.1\nnameserver 192.0.2.2\nnameserver 192.0.2.3\n");
}

TEST_F(NameFilesTest, scoped_servers_are_the_hosts_own) {
  constexpr char file[] =
      "nameserver fe80::1%eth0\nnameserver fe80::2\nnameserver 2001:db8::1%3\nnameserver 127.0.0.1\n";
  EXPECT_EQ(resolver(file), "");
  EXPECT_FALSE(found_);
  set_mode(NetworkMode::host);
  EXPECT_EQ(resolver(file), "nameserver fe80::1%eth0\nnameserver fe80::2\nnameserver 2001:db8::1%3\n");
}

TEST_F(NameFilesTest, upstream_and_then_gateways) {
  ASSERT_TRUE(gateways_.push(address("10.9.0.1")));
  constexpr char stub[] = "nameserver 127.0.0.53\noptions trust-ad\nsearch lan\n";
  EXPECT_EQ(resolver(stub), "nameserver 10.9.0.1\nsearch lan\noptions trust-ad\n");
  EXPECT_FALSE(found_);
  EXPECT_EQ(resolver(stub, "nameserver 127.0.0.1\nnameserver 192.0.2.1\noptions other\n"),
            "nameserver 192.0.2.1\nsearch lan\noptions trust-ad\n");
  EXPECT_TRUE(found_);
  EXPECT_EQ(resolver(""), "nameserver 10.9.0.1\n");
}

TEST_F(NameFilesTest, gateways_of_the_spec_when_none_is_known) {
  ASSERT_TRUE(spec_.network.interfaces[0].gateways.push(address("fe80::1")));
  ASSERT_TRUE(spec_.network.interfaces[0].gateways.push(address("10.0.0.1")));
  EXPECT_EQ(resolver(""), "nameserver 10.0.0.1\n");
}

TEST_F(NameFilesTest, what_a_dhcp_server_offers_comes_first) {
  ASSERT_TRUE(entries_.add("server", {"other", "192.0.2.7", "other.example"}));
  ASSERT_TRUE(entries_.add("server", {"web", "192.0.2.1 192.0.2.2", "lan.example"}));
  EXPECT_EQ(resolver("nameserver 192.0.2.8\nnameserver 192.0.2.9\nsearch host.example\n"),
            "nameserver 192.0.2.1\nnameserver 192.0.2.2\nnameserver 192.0.2.8\nsearch lan.example\n");
}

TEST_F(NameFilesTest, keys_come_before_everything) {
  ASSERT_TRUE(entries_.add("server", {"web", "192.0.2.1", "lan.example"}));
  ASSERT_TRUE(spec_.network.dns_search.push("a.example"));
  ASSERT_TRUE(spec_.network.dns_search.push("b.example"));
  EXPECT_EQ(resolver("nameserver 192.0.2.8\nsearch host.example\n"),
            "nameserver 192.0.2.1\nnameserver 192.0.2.8\nsearch a.example b.example\n");
  ASSERT_TRUE(spec_.network.dns.push(address("127.0.0.1")));
  EXPECT_EQ(resolver("nameserver 192.0.2.8\noptions ndots:2\n"), "nameserver 127.0.0.1\nsearch a.example b.example\n");
  spec_.network.dns_search.clear();
  EXPECT_EQ(resolver("search host.example\n"), "nameserver 127.0.0.1\n");
}

TEST_F(NameFilesTest, what_is_followed) {
  EXPECT_EQ(followed_by_names(spec_), follows_resolver);
  set_mode(NetworkMode::bridge);
  EXPECT_EQ(followed_by_names(spec_), follows_resolver | follows_register);
  ASSERT_TRUE(spec_.network.dns.push(address("192.0.2.1")));
  EXPECT_EQ(followed_by_names(spec_), follows_register);
  ASSERT_TRUE(spec_.volumes.push({.source = "/x", .target = "/etc"}));
  EXPECT_EQ(followed_by_names(spec_), 0U);
  Spec alone;
  EXPECT_EQ(followed_by_names(alone), 0U);
}

TEST_F(NameFilesTest, hashes_differ_and_are_never_the_mark) {
  EXPECT_NE(hash_names(""), 0U);
  EXPECT_NE(hash_names("a"), hash_names("b"));
}

}  // namespace
}  // namespace microctr

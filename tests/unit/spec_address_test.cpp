#include "launcher/spec/address.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <string>

namespace microctr {
namespace {

Address address(std::string_view text, unsigned prefix = 0) {
  auto parsed = parse_address(text);
  EXPECT_TRUE(parsed) << text;
  if (!parsed) return {};
  if (prefix != 0) parsed->prefix = static_cast<std::uint8_t>(prefix);
  return *parsed;
}

std::string formatted(const Address& value) {
  TextBuffer<64> text;
  format_address(value, text);
  return std::string(text.view());
}

TEST(SpecAddress, AgreesWithTheCLibrary) {
  for (const char* text : {"10.0.0.2", "0.0.0.0", "255.255.255.255", "::", "::1", "fd00::2", "1:2:3:4:5:6:7:8",
                           "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "fe80::a:b", "::ffff:10.0.0.2", "64:ff9b::1.2.3.4",
                           "ABCD:eF01:fA::", "1:2:3:4:5:6:1.2.3.4"}) {
    const auto parsed = parse_address(text);
    ASSERT_TRUE(parsed) << text;
    unsigned char expected[16] = {};
    ASSERT_EQ(inet_pton(parsed->family, text, expected), 1) << text;
    EXPECT_EQ(std::memcmp(parsed->bytes, expected, address_bits(*parsed) / 8), 0) << text;
    EXPECT_EQ(parsed->prefix, address_bits(*parsed)) << text;
  }
}

TEST(SpecAddress, RefusesOtherForms) {
  for (const char* text : {"",
                           "10",
                           "10.0.0",
                           "10.0.0.",
                           ".10.0.0",
                           "10.0.0.0.1",
                           "10.0.0.256",
                           "10.0.0.01",
                           "10.0.0.-1",
                           "10.0.0.1 ",
                           "0x0a.0.0.1",
                           "10.0.0.a",
                           ":",
                           ":::",
                           "1::2::3",
                           "1:2:3:4:5:6:7",
                           "12345::",
                           "1:2:3:4:5:6:7:8:9",
                           "1:2:3:4:5:6:7:8::",
                           "::1:2:3:4:5:6:7:8",
                           "g::",
                           "fe80::1%eth0",
                           ":1::",
                           "1:",
                           "1::2:",
                           "1.2.3.4::",
                           "::1.2.3",
                           "::1.2.3.4:5",
                           "1:2:3:4:5:6:7:1.2.3.4",
                           "::1/64"}) {
    EXPECT_FALSE(parse_address(text)) << text;
  }
}

TEST(SpecAddress, AgreesWithTheCLibraryOnRandomText) {
  std::mt19937 random(1);
  const std::string alphabet = "0123456789abf:::::...";
  for (int round = 0; round < 200'000; ++round) {
    std::string text;
    const std::size_t size = random() % 12;
    for (std::size_t at = 0; at < size; ++at) text += alphabet[random() % alphabet.size()];
    const auto parsed = parse_address(text);
    unsigned char expected[16] = {};
    const int family = text.find(':') == std::string::npos ? AF_INET : AF_INET6;
    ASSERT_EQ(inet_pton(family, text.c_str(), expected) == 1, parsed.has_value()) << text;
    if (parsed) {
      ASSERT_EQ(std::memcmp(parsed->bytes, expected, address_bits(*parsed) / 8), 0) << text;
    }
  }
}

TEST(SpecAddress, IsWrittenAsTheCLibraryWritesIt) {
  for (const char* text : {"10.0.0.2", "0.0.0.0", "255.255.255.255", "::", "::1", "fd00::2", "1:2:3:4:5:6:7:8",
                           "1::", "1:0:0:2::3", "1:0:2::3:0:4", "0:1:2:3:4:5:6:7", "1:2:3:4:5:6:7:0", "fe80::a:b"}) {
    EXPECT_EQ(formatted(address(text)), text);
  }
}

TEST(SpecAddress, KnowsItsSubnet) {
  const Address own = address("10.0.0.2", 24);
  EXPECT_TRUE(is_in_subnet(own, address("10.0.0.255")));
  EXPECT_FALSE(is_in_subnet(own, address("10.0.1.0")));
  EXPECT_FALSE(is_in_subnet(own, address("::10.0.0.3")));
  EXPECT_FALSE(is_in_subnet(own, address("a00::")));  // the same first bytes
  EXPECT_TRUE(is_in_subnet(address("10.0.0.2", 31), address("10.0.0.3")));
  EXPECT_FALSE(is_in_subnet(address("10.0.0.2", 31), address("10.0.0.4")));
  EXPECT_TRUE(is_in_subnet(address("fd00::2", 65), address("fd00::7fff:0:0:1")));
  EXPECT_FALSE(is_in_subnet(address("fd00::2", 65), address("fd00::8000:0:0:1")));
  EXPECT_TRUE(is_in_subnet(address("10.0.0.2", 32), address("10.0.0.2")));
}

TEST(SpecAddress, KnowsTheEndsOfItsSubnet) {
  const Address own = address("10.0.0.130", 25);
  EXPECT_TRUE(is_first_of_subnet(own, address("10.0.0.128")));
  EXPECT_FALSE(is_first_of_subnet(own, address("10.0.0.0")));
  EXPECT_FALSE(is_first_of_subnet(own, address("10.0.0.129")));
  EXPECT_TRUE(is_broadcast_of_subnet(own, address("10.0.0.255")));
  EXPECT_FALSE(is_broadcast_of_subnet(own, address("10.0.0.127")));
  EXPECT_FALSE(is_first_of_subnet(address("10.0.0.2", 31), address("10.0.0.2")));
  EXPECT_FALSE(is_broadcast_of_subnet(address("10.0.0.2", 31), address("10.0.0.3")));
  EXPECT_FALSE(is_first_of_subnet(address("10.0.0.2", 32), address("10.0.0.2")));
  EXPECT_TRUE(is_first_of_subnet(address("fd00::2", 64), address("fd00::")));
  EXPECT_FALSE(is_broadcast_of_subnet(address("fd00::2", 64), address("fd00::ffff:ffff:ffff:ffff")));
}

TEST(SpecAddress, KnowsWhatAnInterfaceCanHave) {
  for (const char* text :
       {"10.0.0.2", "192.168.1.1", "169.254.1.1", "223.255.255.254", "fd00::2", "fe80::1", "::2", "2001:db8::"}) {
    EXPECT_TRUE(is_usable_address(address(text))) << text;
  }
  for (const char* text :
       {"0.0.0.0", "0.1.2.3", "127.0.0.1", "224.0.0.1", "255.255.255.255", "240.0.0.1", "::", "::1", "ff02::1"}) {
    EXPECT_FALSE(is_usable_address(address(text))) << text;
  }
}

TEST(SpecAddress, ComparesWithoutThePrefix) {
  EXPECT_TRUE(is_same_address(address("10.0.0.2", 24), address("10.0.0.2", 16)));
  EXPECT_FALSE(is_same_address(address("10.0.0.2"), address("10.0.0.3")));
  EXPECT_FALSE(is_same_address(address("::"), address("0.0.0.0")));
}

TEST(SpecAddress, ReadsASubnet) {
  const auto subnet = parse_subnet("10.0.0.2/24");
  ASSERT_TRUE(subnet);
  EXPECT_EQ(formatted(*subnet), "10.0.0.2");
  EXPECT_EQ(subnet->prefix, 24);
  EXPECT_EQ(parse_subnet("fd00::2/128")->prefix, 128);
  for (const char* text : {"", "/", "10.0.0.2", "10.0.0.2/", "10.0.0.2/0", "10.0.0.2/33", "fd00::/129", "10.0.0/24",
                           "10.0.0.2/24/1", "10.0.0.2/+4"}) {
    EXPECT_FALSE(parse_subnet(text)) << text;
  }
}

TEST(SpecAddress, KnowsItsNetworkAndItsBridge) {
  EXPECT_EQ(formatted(network_of(address("10.9.255.130", 25))), "10.9.255.128");
  EXPECT_EQ(formatted(network_of(address("10.9.255.130", 9))), "10.0.0.0");
  EXPECT_EQ(formatted(network_of(address("10.9.255.130", 32))), "10.9.255.130");
  EXPECT_EQ(formatted(network_of(address("fd00::ffff:1", 120))), "fd00::ffff:0");
  EXPECT_EQ(network_of(address("10.9.0.1", 24)).prefix, 24);
  EXPECT_EQ(formatted(bridge_address_of(address("10.9.0.0", 24))), "10.9.0.1");
  EXPECT_EQ(formatted(bridge_address_of(address("10.9.0.7", 24))), "10.9.0.7");
  EXPECT_EQ(formatted(bridge_address_of(address("10.9.0.128", 25))), "10.9.0.129");
  EXPECT_EQ(formatted(bridge_address_of(address("fd00:9::", 64))), "fd00:9::1");
}

std::string formatted(const HardwareAddress& value) {
  TextBuffer<32> text;
  format_hardware_address(value, text);
  return std::string(text.view());
}

TEST(SpecAddress, ReadsAHardwareAddress) {
  for (const char* text : {"02:00:5e:10:00:01", "ff:ff:ff:ff:ff:ff", "0a:b0:0c:d0:0e:f0"}) {
    const auto mac = parse_hardware_address(text);
    ASSERT_TRUE(mac) << text;
    EXPECT_EQ(formatted(*mac), text);
  }
  EXPECT_EQ(formatted(*parse_hardware_address("0A:Bc:0c:D0:0e:F0")), "0a:bc:0c:d0:0e:f0");
  for (const char* text : {"", "02", "02:00:5e:10:00", "02:00:5e:10:00:01:", "02:00:5e:10:00:1", "02-00-5e-10-00-01",
                           "02:00:5e:10:00:0g", "0:200:5e:10:00:01", "02:00:5e:10:00:01:02", "::::::::::::::::1"}) {
    EXPECT_FALSE(parse_hardware_address(text)) << text;
  }
}

TEST(SpecAddress, DerivesAHardwareAddress) {
  const HardwareAddress web = derive_hardware_address("web", "eth0");
  EXPECT_EQ(formatted(web), formatted(derive_hardware_address("web", "eth0")));
  EXPECT_EQ(formatted(web), "02:5f:44:25:09:af");
  EXPECT_NE(formatted(web), formatted(derive_hardware_address("web", "eth1")));
  EXPECT_NE(formatted(web), formatted(derive_hardware_address("web2", "eth0")));
  EXPECT_EQ(web.bytes[0], 0x02);
}

}  // namespace
}  // namespace microctr

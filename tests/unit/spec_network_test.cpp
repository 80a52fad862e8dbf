// What belongs together in the network keys: modes, addresses, and several interfaces.
#include <gtest/gtest.h>

#include "launcher/spec/address.h"
#include "tests/unit/spec_harness.h"

namespace microctr::spec_test {
namespace {

const std::string base = "command = a\nlayer = b\n";  // lines 1 and 2 of what the tests add to

std::string with_base(const std::string& text) {
  const auto reading = check(base + text);
  EXPECT_EQ(reading->valid.has_value(), reading->count() == 0);
  return reading->messages();
}

std::string described(const std::string& text) {
  const auto reading = check(base + text);
  EXPECT_EQ(reading->messages(), "") << text;
  const std::string all = describe(reading->spec);
  const std::string before = "layer=b store\n";
  return all.substr(all.find(before) + before.size());
}

TEST(SpecNetwork, ReadsEveryMode) {
  EXPECT_EQ(described("network = none"), "");
  EXPECT_EQ(described("network = host"), "network=host\n");
  EXPECT_EQ(described("network = bridge"), "network=bridge\n");
  EXPECT_EQ(described("network = macvlan:eth0.10"), "network=macvlan:eth0.10\n");
  EXPECT_EQ(described("network = ipvlan:eth0"), "network=ipvlan:eth0\n");
  EXPECT_EQ(described("network = interface:wwan0"), "network=interface:wwan0\n");
  EXPECT_EQ(described("network = container:vpn"), "network=container:vpn\n");
  EXPECT_EQ(described("network = veth:vpn\nip = 10.0.0.2/24"), "network=veth:vpn\nip=10.0.0.2/24\n");
}

TEST(SpecNetwork, ReadsEveryKeyOfAnInterface) {
  const std::string keys =
      "wan.network = bridge\nwan.bridge = br0\nwan.bridge-subnet = 10.9.0.0/24\nwan.bridge_subnet = fd00:9::1/64\n"
      "wan.ip = 10.9.0.2/24\nwan.ip = fd00:9::2/64\nwan.gateway = 10.9.0.1\nwan.gateway = fd00:9::1\n"
      "wan.mac = 02:00:00:00:00:01\nwan.mtu = 1280\nwan.nat = yes\n";
  EXPECT_EQ(described(keys),
            "wan.network=bridge\nwan.bridge=br0\nwan.bridge_subnet=10.9.0.0/24\nwan.bridge_subnet=fd00:9::1/64\n"
            "wan.ip=10.9.0.2/24\nwan.ip=fd00:9::2/64\nwan.gateway=10.9.0.1/32\nwan.gateway=fd00:9::1/128\n"
            "wan.mac=02:00:00:00:00:01\nwan.mtu=1280\nwan.nat=yes\n");
}

TEST(SpecNetwork, ReadsPublishedPorts) {
  EXPECT_EQ(described("network = bridge\npublish = 8080:80\npublish = 10.0.0.1:53:53/udp\n"
                      "publish = [fd00::1]:8000-8010:9000-9010/tcp"),
            "network=bridge\npublish=8080 80 1\npublish=10.0.0.1/32 53 53 1 udp\npublish=fd00::1/128 8000 9000 11\n");
}

TEST(SpecNetwork, ReadsNames) {
  EXPECT_EQ(described("network = bridge\ndns = 10.0.0.1\ndns = fd00::53\ndns_search = lan\nadd_host = db_1:10.0.0.9\n"
                      "add_host = db_1:fd00::9\nnetwork_alias = www\nnetwork_alias = my_app.lan"),
            "network=bridge\ndns=10.0.0.1/32\ndns=fd00::53/128\ndns_search=lan\nadd_host=db_1 10.0.0.9/32\n"
            "add_host=db_1 fd00::9/128\nnetwork_alias=www\nnetwork_alias=my_app.lan\n");
  EXPECT_EQ(described("dns_search = ."), "dns_search=.\n");
}

TEST(SpecNetwork, Eth0ComesFirstUnderEitherName) {
  EXPECT_EQ(described("eth1.network = bridge\neth0.ip = 10.0.0.2/24\nnetwork = veth\nip = fd00::2/64"),
            "network=veth\nip=10.0.0.2/24\nip=fd00::2/64\neth1.network=bridge\n");
  EXPECT_EQ(described("eth1.network = bridge"), "eth1.network=bridge\n");
  EXPECT_EQ(with_base("mtu = 1400\neth0.mtu = 1500"),
            "web.conf:4:1: key 'mtu' is given twice (first at web.conf:3:7; keep one)\n");
}

TEST(SpecNetwork, EachInterfaceHasItsOwnSingleKeys) {
  EXPECT_EQ(with_base("network = bridge\neth1.network = bridge\neth1.mtu = 1400\neth2.network = bridge\n"
                      "eth1.network = host\neth1.mtu = 1500"),
            "web.conf:7:1: key 'eth1.network' is given twice (first at web.conf:4:16; keep one)\n"
            "web.conf:8:1: key 'eth1.mtu' is given twice (first at web.conf:5:12; keep one)\n");
}

TEST(SpecNetwork, ALaterSourceChangesOneInterface) {
  const std::string defaults = "eth1.network = bridge\neth1.ip = 10.0.0.2/24\neth1.mtu = 1400\nmtu = 1300\n";
  const auto reading = check(ReadingInput{base + "network = bridge\neth1.mtu =\neth1.ip =\n",
                                          defaults,
                                          {"eth1.network=macvlan:eth0", "eth1.ip=10.1.0.2/24"}});
  EXPECT_EQ(reading->messages(), "");
  EXPECT_EQ(describe(reading->spec),
            "name=web\ncommand=[a]\nlayer=b store\nnetwork=bridge\nmtu=1300\n"
            "eth1.network=macvlan:eth0\neth1.ip=10.1.0.2/24\n");
}

TEST(SpecNetwork, AnInterfaceWithoutAValueIsNone) {
  const auto reading =
      check(ReadingInput{base + "eth1.network =\neth1.ip =\neth2.gateway = 10.0.0.1\n",
                         "eth1.network = bridge\neth1.ip = 10.0.0.2/24\neth2.network = bridge\neth2.ip = 10.0.0.2/24"});
  EXPECT_EQ(reading->messages(), "");
  ASSERT_EQ(reading->spec.network.interfaces.size(), 1U);
  EXPECT_EQ(reading->spec.network.interfaces[0].name.view(), "eth2");
  // The places moved with it.
  EXPECT_EQ(reading->origins.of({Key::gateway, 0}, 0).line, 5U);
  EXPECT_EQ(reading->origins.of({Key::ip, 0}, 0).source.view(), "defaults.conf");
  EXPECT_TRUE(reading->origins.is_set({Key::network, 0}));
}

TEST(SpecNetwork, AnEmptyValueResetsEachKey) {
  const std::string defaults =
      "network = bridge\nbridge = br0\nbridge_subnet = 10.9.0.0/24\nip = 10.9.0.2/24\nip = dhcp\ngateway = 10.9.0.1\n"
      "mac = 02:00:00:00:00:01\nmtu = 1400\nnat = no\npublish = 80:80\ndns = 10.0.0.1\ndns_search = lan\n"
      "add_host = a:10.0.0.1\nnetwork_alias = b\n";
  const auto reading = check(ReadingInput{
      base + "bridge =\nbridge_subnet =\nip =\ngateway =\nmac =\nmtu =\nnat =\npublish =\ndns =\ndns_search =\n"
             "add_host =\nnetwork_alias =\n",
      defaults});
  EXPECT_EQ(reading->messages(), "");
  EXPECT_EQ(describe(reading->spec), "name=web\ncommand=[a]\nlayer=b store\nnetwork=bridge\n");
}

TEST(SpecNetwork, CountsItsInterfaces) {
  std::string text = "network = bridge\n";
  for (int number = 1; number <= 7; ++number) text += "eth" + std::to_string(number) + ".network = bridge\n";
  EXPECT_EQ(with_base(text), "");
  EXPECT_EQ(with_base(text + "eth8.network = bridge"), "web.conf:11:1: too many interfaces (limit 8 with eth0)\n");
}

TEST(SpecNetwork, CountsItsLists) {
  std::string text = "network = bridge\n";
  for (int number = 0; number < 8; ++number) text += "ip = 10.0.0." + std::to_string(number + 2) + "/24\n";
  EXPECT_EQ(with_base(text), "");
  EXPECT_EQ(with_base(text + "ip = 10.0.0.99/24"), "web.conf:12:6: ip: too many (limit 8)\n");
  EXPECT_EQ(with_base("gateway = 1.1.1.1\ngateway = 1.1.1.2\ngateway = 1.1.1.3"),
            "web.conf:5:11: gateway: too many (limit 2)\n");
  EXPECT_EQ(with_base("bridge_subnet = 1.1.1.1/8\nbridge_subnet = 1.1.1.1/8\nbridge_subnet = 1.1.1.1/8"),
            "web.conf:5:17: bridge_subnet: too many (limit 2)\n");
  EXPECT_EQ(with_base("dns = 1.1.1.1\ndns = 1.1.1.2\ndns = 1.1.1.3\ndns = 1.1.1.4"),
            "web.conf:6:7: dns: too many (limit 3, that of resolv.conf)\n");
  EXPECT_EQ(with_base("ip = dhcp\nip = dhcp"), "web.conf:4:6: ip: 'dhcp' is given twice (keep one)\n");
}

TEST(SpecNetwork, NeedsItsNamespace) {
  const std::string none = "namespaces = mount\n";
  const std::string advice = " needs a network namespace (add network to namespaces)\n";
  EXPECT_EQ(with_base(none + "network = veth\nip = 10.0.0.2/24"), "web.conf:4:11: network: veth" + advice);
  EXPECT_EQ(with_base(none + "network = bridge"), "web.conf:4:11: network: bridge" + advice);
  EXPECT_EQ(with_base(none + "network = container:b"), "web.conf:4:11: network: container" + advice);
  EXPECT_EQ(with_base(none + "eth1.network = macvlan:a"), "web.conf:4:16: eth1.network: macvlan" + advice);
  EXPECT_EQ(with_base("network = none"), "");
  EXPECT_EQ(with_base(none), "");
  EXPECT_EQ(
      with_base(none + "network = none"),
      "web.conf:4:11: network: none needs a network namespace (add network to namespaces, or write network = host)\n");
  EXPECT_EQ(with_base(none + "network = host"), "");
  EXPECT_EQ(with_base("network = host"), "");
}

TEST(SpecNetwork, ChecksThePeer) {
  const std::string rule = "' is not the name of an interface (at most 15 bytes, no blank, '/', ':' or '%')\n";
  EXPECT_EQ(with_base("network = macvlan:a/b"), "web.conf:3:11: network: 'a/b" + rule);
  EXPECT_EQ(with_base("network = ipvlan:.."), "web.conf:3:11: network: '.." + rule);
  EXPECT_EQ(with_base("network = interface:a b"), "web.conf:3:11: network: 'a b" + rule);
  EXPECT_EQ(with_base("network = interface:sixteen-letters-"), "web.conf:3:11: network: 'sixteen-letters-" + rule);
  EXPECT_EQ(with_base("network = bridge\nbridge = br%d"), "web.conf:4:10: bridge: 'br%d" + rule);
  const std::string name = "' is not a container's name (letters, digits, '.', '_' and '-'; a letter or digit first)\n";
  EXPECT_EQ(with_base("network = container:../b"), "web.conf:3:11: network: '../b" + name);
  EXPECT_EQ(with_base("network = veth:a b\nip = 10.0.0.2/24"), "web.conf:3:11: network: 'a b" + name);
  EXPECT_EQ(with_base("network = container:" + std::string(64, 'a')),
            "web.conf:3:11: network: '" + std::string(64, 'a') + "' is too long (limit 63 bytes)\n");
  const std::string self = "' is this container (name another)\n";
  EXPECT_EQ(with_base("network = container:web"), "web.conf:3:11: network: 'web" + self);
  EXPECT_EQ(with_base("name = x\nnetwork = veth:x\nip = 10.0.0.2/24"), "web.conf:4:11: network: 'x" + self);
  EXPECT_EQ(with_base("network = container:vpn\nhostname = x"), "");
}

TEST(SpecNetwork, RefusesKeysWithoutMeaning) {
  const std::string keys =
      "\nbridge = b\nbridge_subnet = 10.9.0.0/24\nip = 10.9.0.2/24\ngateway = 10.9.0.1\nmac = 02:00:00:00:00:01\n"
      "mtu = 1400\nnat = yes\n";
  const auto no = [](int line, int column, const std::string& key, const std::string& mode,
                     const std::string& instead) {
    return "web.conf:" + std::to_string(line) + ":" + std::to_string(column) + ": " + key +
           ": has no meaning with network = " + mode + " (write network = " + instead + ", or remove it)\n";
  };
  const auto bridge = [&](const std::string& mode) {
    return no(4, 10, "bridge", mode, "bridge") + no(5, 17, "bridge_subnet", mode, "bridge");
  };
  for (const std::string mode : {"none", "host", "container"}) {
    const std::string links = "bridge or veth";
    EXPECT_EQ(with_base("network = " + mode + (mode == "container" ? ":b" : "") + keys),
              bridge(mode) + no(6, 6, "ip", mode, links) + no(7, 11, "gateway", mode, links) +
                  no(8, 7, "mac", mode, links) + no(9, 7, "mtu", mode, links) + no(10, 7, "nat", mode, links));
  }
  EXPECT_EQ(with_base("network = bridge" + keys), "");
  EXPECT_EQ(with_base("network = macvlan:e" + keys), bridge("macvlan") + no(10, 7, "nat", "macvlan", "bridge or veth"));
  EXPECT_EQ(with_base("network = interface:e" + keys),
            bridge("interface") + no(10, 7, "nat", "interface", "bridge or veth"));
  EXPECT_EQ(with_base("network = ipvlan:e" + keys),
            bridge("ipvlan") +
                "web.conf:8:7: mac: ipvlan has the hardware address of its parent (write macvlan:e, or remove it)\n" +
                no(10, 7, "nat", "ipvlan", "bridge or veth"));
  EXPECT_EQ(with_base("network = veth" + keys), bridge("veth"));
  EXPECT_EQ(with_base("network = veth:b\nip = 10.0.0.2/24\nnat = no"),
            "web.conf:5:7: nat: the other end is in the container b, not on the host (remove it)\n");
  EXPECT_EQ(with_base("ip = 10.0.0.2/24"), no(3, 6, "ip", "none", "bridge or veth"));
}

TEST(SpecNetwork, AFurtherInterfaceNeedsAModeOfItsOwn) {
  EXPECT_EQ(with_base("network = bridge\neth1.mtu = 1400\neth1.ip = 10.0.0.2/24"),
            "web.conf:5:11: eth1.ip: nothing says what eth1 is (add eth1.network = bridge, or another mode)\n");
  for (const std::string mode : {"none", "host", "container"}) {
    EXPECT_EQ(with_base("eth1.network = " + mode + (mode == "container" ? ":b" : "")),
              "web.conf:3:16: eth1.network: " + mode + " is for the whole container (write network = " + mode +
                  ", without 'eth1.')\n");
  }
  for (const std::string mode : {"host", "container"}) {
    EXPECT_EQ(with_base("network = " + mode + (mode == "container" ? ":b" : "") + "\neth1.network = bridge"),
              "web.conf:4:16: eth1.network: nothing can be added to the network of network = " + mode +
                  " (remove eth1 or change " + mode + ")\n");
  }
  EXPECT_EQ(with_base("network = none\neth1.network = bridge"), "");
}

TEST(SpecNetwork, VethNeedsAnAddress) {
  EXPECT_EQ(with_base("network = veth"), "web.conf:3:11: network: veth needs an address (write ip = 10.0.0.2/24)\n");
  EXPECT_EQ(with_base("network = veth:b"), "web.conf:3:11: network: veth needs an address (write ip = 10.0.0.2/24)\n");
  EXPECT_EQ(with_base("eth1.network = veth"),
            "web.conf:3:16: eth1.network: veth needs an address (write eth1.ip = 10.0.0.2/24)\n");
  for (const char* mode : {"bridge", "macvlan:e", "ipvlan:e", "interface:e"}) {
    EXPECT_EQ(with_base(std::string("network = ") + mode), "") << mode;
  }
}

TEST(SpecNetwork, DhcpNeedsAServerAndAnAddressOfItsOwn) {
  for (const char* mode : {"bridge", "macvlan:e", "interface:e"}) {
    EXPECT_EQ(with_base(std::string("ip = dhcp\nip = fd00::2/64\ngateway = fd00::1\nnetwork = ") + mode), "") << mode;
  }
  EXPECT_EQ(with_base("network = veth\nip = dhcp"),
            "web.conf:4:6: ip: no DHCP server is at the other end of a veth (write an address: 10.0.0.2/24)\n");
  EXPECT_EQ(with_base("network = ipvlan:e\nip = dhcp"),
            "web.conf:4:6: ip: dhcp needs a hardware address of its own, which ipvlan has not (write macvlan:e, or an "
            "address)\n");
  EXPECT_EQ(with_base("network = bridge\nip = dhcp\nbridge_subnet = 10.9.0.0/24"),
            "web.conf:5:17: bridge_subnet: a bridge of ours has no DHCP server (remove it, or ip = dhcp)\n");
  EXPECT_EQ(with_base("network = bridge\nip = dhcp\nip = 10.0.0.2/24\ngateway = 10.0.0.1"),
            "web.conf:5:6: ip: 10.0.0.2 contradicts dhcp, which brings an IPv4 address (keep one)\n"
            "web.conf:6:11: gateway: 10.0.0.1 contradicts ip = dhcp, which brings an IPv4 gateway (keep one)\n");
}

TEST(SpecNetwork, ChecksAddresses) {
  const std::string veth = "network = veth\n";
  EXPECT_EQ(with_base(veth + "ip = 10.0.0.2/31\nip = 10.0.0.3/32\nip = fd00::1/127\nip = fd00::9/128"), "");
  for (const char* address : {"0.0.0.0", "127.0.0.1", "224.0.0.1", "255.255.255.255", "::1", "ff02::1"}) {
    EXPECT_EQ(
        with_base(veth + "ip = " + address + "/32"),
        std::string("web.conf:4:6: ip: ") + address + " cannot belong to an interface (choose a unicast address)\n");
  }
  const std::string rule = " is its subnet's own address (choose one between the first and the last)\n";
  EXPECT_EQ(with_base(veth + "ip = 10.0.0.0/24"), "web.conf:4:6: ip: 10.0.0.0" + rule);
  EXPECT_EQ(with_base(veth + "ip = 10.0.0.127/25"), "web.conf:4:6: ip: 10.0.0.127" + rule);
  EXPECT_EQ(with_base(veth + "ip = fd00::/64"), "web.conf:4:6: ip: fd00::" + rule);
  EXPECT_EQ(with_base(veth + "ip = 10.0.0.2/24\nip = 10.0.0.2/16"),
            "web.conf:5:6: ip: 10.0.0.2 is given twice (keep one)\n");
}

TEST(SpecNetwork, ChecksTheGateway) {
  const std::string veth = "network = veth\nip = 10.0.0.2/24\nip = fd00::2/64\ngateway = ";
  const std::string place = "web.conf:6:11: gateway: ";
  EXPECT_EQ(with_base(veth + "10.0.0.1"), "");
  EXPECT_EQ(with_base(veth + "fd00::1\ngateway = 10.0.0.1"), "");
  const std::string outside = " is in the subnet of no ip (choose one that the prefix of ip covers)\n";
  EXPECT_EQ(with_base(veth + "10.0.1.1"), place + "10.0.1.1" + outside);
  EXPECT_EQ(with_base(veth + "fe80::1"), "");
  EXPECT_EQ(with_base(veth + "fe00::1"), place + "fe00::1" + outside);
  EXPECT_EQ(with_base(veth + "10.0.0.2"), place + "10.0.0.2 is the container's own address (write the other end's)\n");
  EXPECT_EQ(with_base(veth + "127.0.0.1"),
            place + "127.0.0.1 cannot belong to an interface (choose a unicast address)\n");
  const std::string rule = " is its subnet's own address (choose one between the first and the last)\n";
  EXPECT_EQ(with_base(veth + "10.0.0.0"), place + "10.0.0.0" + rule);
  EXPECT_EQ(with_base(veth + "10.0.0.255"), place + "10.0.0.255" + rule);
  EXPECT_EQ(with_base(veth + "fd00::"), place + "fd00::" + rule);
  EXPECT_EQ(with_base("network = veth\nip = fd00::2/64\ngateway = 10.0.0.1"),
            "web.conf:5:11: gateway: 10.0.0.1" + outside);
  EXPECT_EQ(with_base(veth + "10.0.0.1\ngateway = 10.0.0.3"),
            "web.conf:7:11: gateway: 10.0.0.3 is a second gateway of its family (keep one)\n");
  // The first of two is to blame at its own line.
  EXPECT_EQ(with_base(veth + "10.0.1.1\ngateway = fd00::1"), place + "10.0.1.1" + outside);
  EXPECT_EQ(with_base("eth1.network = macvlan:e\neth1.ip = 10.0.0.2/24\neth1.gateway = 10.0.1.1"),
            "web.conf:5:16: eth1.gateway: 10.0.1.1" + outside);
}

TEST(SpecNetwork, AGatewayWithoutAnAddressNeedsASubnet) {
  EXPECT_EQ(with_base("network = bridge\nbridge_subnet = 10.9.0.0/24\ngateway = 10.9.0.1"), "");
  EXPECT_EQ(with_base("network = bridge\nbridge_subnet = 10.9.0.0/24\ngateway = 10.8.0.1"),
            "web.conf:5:11: gateway: 10.8.0.1 is in the subnet of no bridge_subnet (choose one that the prefix of "
            "bridge_subnet covers)\n");
  EXPECT_EQ(with_base("network = bridge\ngateway = 10.9.0.1"),
            "web.conf:4:11: gateway: 10.9.0.1 is reached by no address of ours (add ip = ADDRESS/PREFIX, or "
            "bridge_subnet)\n");
  EXPECT_EQ(with_base("network = macvlan:e\ngateway = 10.9.0.1"),
            "web.conf:4:11: gateway: 10.9.0.1 is reached by no address of ours (add ip = ADDRESS/PREFIX)\n");
}

TEST(SpecNetwork, ChecksTheBridgesSubnet) {
  const std::string bridge = "network = bridge\nbridge_subnet = ";
  const std::string place = "web.conf:4:17: bridge_subnet: ";
  for (const char* subnet : {"10.9.0.0/24", "10.9.0.1/8", "10.9.0.4/30", "fd00::/64", "fd00::1/126"}) {
    EXPECT_EQ(with_base(bridge + subnet), "") << subnet;
  }
  const std::string v4 = " has no useful size (write a prefix of /8 to /30)\n";
  EXPECT_EQ(with_base(bridge + "10.0.0.0/7"), place + "the subnet of 10.0.0.0" + v4);
  EXPECT_EQ(with_base(bridge + "10.0.0.0/31"), place + "the subnet of 10.0.0.0" + v4);
  const std::string v6 = " has no useful size (write a prefix of /64 to /126)\n";
  EXPECT_EQ(with_base(bridge + "fd00::/63"), place + "the subnet of fd00::" + v6);
  EXPECT_EQ(with_base(bridge + "fd00::/127"), place + "the subnet of fd00::" + v6);
  EXPECT_EQ(with_base(bridge + "127.0.0.0/8"),
            place + "127.0.0.0 cannot belong to an interface (choose a unicast address)\n");
  EXPECT_EQ(with_base(bridge + "10.9.0.255/24"),
            place + "10.9.0.255 is its subnet's own address (choose one between the first and the last)\n");
  EXPECT_EQ(with_base(bridge + "10.9.0.0/24\nbridge_subnet = fd00::/64"), "");
  EXPECT_EQ(with_base(bridge + "10.9.0.0/24\nbridge_subnet = 10.8.0.0/24"),
            "web.conf:5:17: bridge_subnet: 10.8.0.0 is a second subnet of its family (keep one)\n");
}

TEST(SpecNetwork, AnAddressOnABridgeIsInItsSubnet) {
  const std::string bridge = "network = bridge\nbridge_subnet = 10.9.0.0/24\nip = ";
  EXPECT_EQ(with_base(bridge + "10.9.0.2/24\nip = fd00::2/64"), "");
  EXPECT_EQ(with_base(bridge + "10.8.0.2/24"),
            "web.conf:5:6: ip: 10.8.0.2 is not in the bridge's subnet (choose one that bridge_subnet covers)\n");
  const std::string own = " is the bridge's own address (choose another)\n";
  EXPECT_EQ(with_base(bridge + "10.9.0.1/24"), "web.conf:5:6: ip: 10.9.0.1" + own);
  EXPECT_EQ(with_base("network = bridge\nbridge_subnet = 10.9.0.7/24\nip = 10.9.0.7/24"),
            "web.conf:5:6: ip: 10.9.0.7" + own);
  EXPECT_EQ(with_base("network = bridge\nbridge_subnet = 10.9.0.7/24\nip = 10.9.0.1/24"), "");
  EXPECT_EQ(with_base(bridge + "10.9.0.255/16"),
            "web.conf:5:6: ip: 10.9.0.255 is its subnet's own address (choose one between the first and the last)\n");
}

TEST(SpecNetwork, ChecksTheHardwareAddress) {
  EXPECT_EQ(with_base("network = bridge\nmac = 03:00:00:00:00:01"),
            "web.conf:4:7: mac: 03:00:00:00:00:01 is that of a group (choose one whose first pair is even: 02)\n");
  EXPECT_EQ(with_base("network = bridge\nmac = 00:00:00:00:00:00"),
            "web.conf:4:7: mac: 00:00:00:00:00:00 means no address (write another, or remove it)\n");
  EXPECT_EQ(with_base("network = bridge\nmac = 00:16:3e:00:00:01"), "");
}

TEST(SpecNetwork, Ipv6NeedsLargerPackets) {
  const std::string rule = "IPv6 needs packets of at least 1280 bytes (write 1280 or more)\n";
  EXPECT_EQ(with_base("network = bridge\nmtu = 68\nip = 10.0.0.2/24"), "");
  EXPECT_EQ(with_base("network = bridge\nmtu = 1280\nip = fd00::2/64"), "");
  EXPECT_EQ(with_base("network = bridge\nmtu = 1279\nip = fd00::2/64"), "web.conf:4:7: mtu: " + rule);
  EXPECT_EQ(with_base("eth1.network = bridge\neth1.mtu = 1279\neth1.bridge_subnet = fd00::/64"),
            "web.conf:4:12: eth1.mtu: " + rule);
}

TEST(SpecNetwork, InterfacesDoNotShare) {
  const std::string two = "network = bridge\neth1.network = bridge\n";
  EXPECT_EQ(with_base(two + "ip = fd00::2/64\nip = 10.0.0.2/24\neth1.ip = 10.0.0.3/24\neth1.ip = 10.0.0.2/16"),
            "web.conf:8:11: eth1.ip: 10.0.0.2 is given twice (first at web.conf:6:6; keep one)\n");
  EXPECT_EQ(with_base(two + "ip = 10.0.0.2/24\ngateway = 10.0.0.1\neth1.ip = 10.1.0.2/24\neth1.gateway = 10.1.0.1"),
            "web.conf:8:16: eth1.gateway: 10.1.0.1 makes a second default route (first at web.conf:6:11; keep one)\n");
  EXPECT_EQ(with_base(two + "ip = 10.0.0.2/24\ngateway = 10.0.0.1\neth1.ip = fd00::2/64\neth1.gateway = fd00::1"), "");
  EXPECT_EQ(with_base("network = interface:wan0\neth1.network = interface:wan0"),
            "web.conf:4:16: eth1.network: wan0 can be moved in once only (it is eth0 already; keep one)\n");
  EXPECT_EQ(with_base("network = macvlan:wan0\neth1.network = macvlan:wan0"), "");
}

TEST(SpecNetwork, PublishedPortsNeedAWayIn) {
  const std::string publish = "publish = 80:80\n";
  const std::string place = "web.conf:3:11: publish: ";
  EXPECT_EQ(with_base(publish + "network = bridge"), "");
  EXPECT_EQ(with_base(publish + "network = veth\nip = 10.0.0.2/24"), "");
  EXPECT_EQ(with_base(publish + "network = macvlan:e\neth1.network = bridge"), "");
  EXPECT_EQ(with_base(publish + "network = host"),
            place + "the container's ports are the host's with network = host (remove it)\n");
  EXPECT_EQ(with_base(publish + "network = container:vpn"),
            place + "belongs to the container whose network it is (write it for vpn)\n");
  for (const std::string mode : {"macvlan", "ipvlan", "interface"}) {
    EXPECT_EQ(with_base(publish + "network = " + mode + ":e"),
              place + "the container is reached at its own address with network = " + mode +
                  " (remove it, or write network = bridge)\n");
  }
  EXPECT_EQ(with_base(publish + "network = veth:b\nip = 10.0.0.2/24"),
            place + "the other end is in the container b, not on the host (remove it)\n");
  EXPECT_EQ(with_base(publish), place + "nothing leads inside with network = none (write network = bridge or veth)\n");
}

TEST(SpecNetwork, PublishedPortsAreCounted) {
  EXPECT_EQ(with_base("network = bridge\npublish = 1-256:1-256"), "");
  EXPECT_EQ(with_base("network = bridge\npublish = 1-200:1-200\npublish = 300-356:1-57\npublish = 400:1"),
            "web.conf:5:11: publish: too many ports in all (limit 256, IPv4 and IPv6 together)\n");
  const std::string both =
      "network = bridge\nbridge = br-two\nbridge_subnet = 10.9.0.0/24\nbridge_subnet = fd00::/64\n";
  EXPECT_EQ(with_base(both + "publish = 1-128:1-128"), "");
  EXPECT_EQ(with_base(both + "publish = 1-129:1-129"),
            "web.conf:7:11: publish: too many ports in all (limit 256, IPv4 and IPv6 together)\n");
  EXPECT_EQ(with_base(both + "ip = 10.9.0.2/24\npublish = 1-129:1-129"), "");
  EXPECT_EQ(with_base("network = bridge\npublish = 1-65535:1-65535"),
            "web.conf:4:11: publish: too many ports in all (limit 256, IPv4 and IPv6 together)\n");
}

TEST(SpecNetwork, APortOfTheHostIsPublishedOnce) {
  const auto both = [](const std::string& first, const std::string& second) {
    return with_base("network = bridge\npublish = " + first + "\npublish = " + second);
  };
  const auto again = [](int port) {
    return "web.conf:5:11: publish: port " + std::to_string(port) +
           " of the host is published already (first at web.conf:4:11; keep one)\n";
  };
  EXPECT_EQ(both("80:80", "80:81"), again(80));
  EXPECT_EQ(both("80:80", "80:80/udp"), "");
  EXPECT_EQ(both("80:80", "81:80"), "");
  EXPECT_EQ(both("80-90:80-90", "88-95:1-8"), again(88));
  EXPECT_EQ(both("88-95:1-8", "80-90:80-90"), again(88));
  EXPECT_EQ(both("80-90:80-90", "91:1"), "");
  EXPECT_EQ(both("10.0.0.1:80:80", "10.0.0.2:80:80"), "");
  EXPECT_EQ(both("10.0.0.1:80:80", "[fd00::1]:80:80"), "");
  EXPECT_EQ(both("10.0.0.1:80:80", "10.0.0.1:80:80"), again(80));
  EXPECT_EQ(both("80:80", "[fd00::1]:80:80"), again(80));
  EXPECT_EQ(both("127.0.0.1:80:80", "80:80"), again(80));
}

TEST(SpecNetwork, PublishesOnAnAddressOfTheHost) {
  EXPECT_EQ(with_base("network = bridge\npublish = 127.0.0.1:80:80"), "");
  for (const std::string host : {"0.0.0.0", "224.0.0.1"}) {
    EXPECT_EQ(with_base("network = bridge\npublish = " + host + ":80:80"),
              "web.conf:4:11: publish: " + host + " is not an address of a host (leave it out for all of them)\n");
  }
  EXPECT_EQ(with_base("network = bridge\npublish = [::]:80:80"),
            "web.conf:4:11: publish: :: is not an address of a host (leave it out for all of them)\n");
  EXPECT_EQ(with_base("network = bridge\npublish = [::1]:80:80"),
            "web.conf:4:11: publish: ::1 is not an address of a host (leave it out for all of them)\n");
}

TEST(SpecNetwork, ChecksNames) {
  const std::string rule = " between dots, 63 bytes each, 253 in all)\n";
  const std::string strict = "' is not a name (labels of letters, digits, and '-'" + rule;
  const std::string loose = "' is not a name (labels of letters, digits, '-' and '_'" + rule;
  EXPECT_EQ(with_base("dns_search = a b"), "web.conf:3:14: dns_search: 'a b" + strict);
  EXPECT_EQ(with_base("dns_search = a\ndns_search = a_b\ndns_search = c"), "web.conf:4:14: dns_search: 'a_b" + strict);
  EXPECT_EQ(with_base("dns_search = a\ndns_search = ."),
            "web.conf:4:14: dns_search: '.' means none, but there are others (keep one)\n");
  std::string longest;
  while (longest.size() < 252) longest += "a.";
  EXPECT_EQ(with_base("dns_search = " + longest + "a"), "");
  EXPECT_EQ(with_base("dns_search = " + longest + "aa"),
            "web.conf:3:14: dns_search: '" + longest.substr(0, 64) + strict);
  EXPECT_EQ(with_base("add_host = -a:10.0.0.1"), "web.conf:3:12: add_host: '-a" + loose);
  EXPECT_EQ(with_base("add_host = :10.0.0.1"), "web.conf:3:12: add_host: '" + loose);
  EXPECT_EQ(with_base("add_host = " + std::string(64, 'a') + ":10.0.0.1"),
            "web.conf:3:12: add_host: '" + std::string(64, 'a') + loose);
  EXPECT_EQ(with_base("network = bridge\nnetwork_alias = a..b"), "web.conf:4:17: network_alias: 'a..b" + loose);
  EXPECT_EQ(with_base("network = bridge\nnetwork_alias = a\nnetwork_alias = b\nnetwork_alias = a"),
            "web.conf:6:17: network_alias: 'a' is given twice (keep one)\n");
  EXPECT_EQ(with_base("network = macvlan:e\nnetwork_alias = a"),
            "web.conf:4:17: network_alias: is for the neighbours on a bridge (write network = bridge, or remove it)\n");
}

TEST(SpecNetwork, NamesNeedAMountNamespace) {
  const std::string advice = " needs a mount namespace (add mount to namespaces, or remove the key)\n";
  const std::string service = "command = a\nrootfs = /\nnamespaces = network\nnetwork = bridge\n";
  for (const std::string key : {"dns", "dns_search", "add_host", "network_alias"}) {
    const std::string value = key == "dns" ? "10.0.0.1" : key == "add_host" ? "a:10.0.0.1" : "a";
    EXPECT_EQ(check(service + key + " = " + value)->messages(),
              "web.conf:5:" + std::to_string(key.size() + 4) + ": " + key + ":" + advice);
  }
}

// What another front end than the reader could make.
TEST(SpecNetwork, ChecksASpecWithoutOrigins) {
  const auto reading = std::make_unique<Reading>();
  Spec& spec = reading->spec;
  spec.name = "a";
  spec.rootfs = "/r";
  ASSERT_TRUE(spec.command.push("a"));
  Interface interface;
  interface.mode = NetworkMode::macvlan;
  ASSERT_TRUE(spec.network.interfaces.push(interface));
  interface.name = "eth1";
  interface.mode = NetworkMode::veth;
  ASSERT_TRUE(spec.network.interfaces.push(interface));
  EXPECT_FALSE(validate(spec, reading->origins, reading->diagnostics));
  EXPECT_EQ(reading->messages(),
            ": network: '' is not the name of an interface (at most 15 bytes, no blank, '/', ':' or '%')\n"
            ": eth1.network: veth needs an address (write eth1.ip = 10.0.0.2/24)\n");
}

}  // namespace
}  // namespace microctr::spec_test

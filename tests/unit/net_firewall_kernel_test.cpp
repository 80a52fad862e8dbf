// The firewall with the kernel: each test in a child with a network namespace of its own.
#include <gtest/gtest.h>

#include <sched.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <vector>

#include "launcher/net/foreign_drop.h"
#include "tests/unit/in_child.h"
#include "tests/unit/net_ports.h"

namespace microctr {
namespace {

// The exit status of `body`. 77: no such namespace.
template <typename Body>
int in_own_network(Body body) {
  return in_child([&] { return ::unshare(CLONE_NEWNET) == 0 ? body() : 77; });
}

bool has_nft() { return ::access("/usr/sbin/nft", X_OK) == 0 || ::access("/usr/bin/nft", X_OK) == 0; }

// Reports an errno by its number: the child has no test of its own. 0 is success.
int code_of(FirewallTransaction& transaction) {
  const auto done = transaction.commit();
  return done ? 0 : done.error().code;
}

template <typename Fill>
int commit(Fill fill) {
  std::vector<char> storage(FirewallTransaction::large_storage);
  FirewallTransaction transaction(storage);
  fill(transaction);
  return code_of(transaction);
}

class NetFirewallKernel : public testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root for a network namespace";
    if (!has_nft()) GTEST_SKIP() << "needs nft to read the table back";
  }
};

TEST_F(NetFirewallKernel, HoldsTheTableThatIsWrittenDown) {
  char path[] = "/tmp/microctr-firewall-XXXXXX";
  ASSERT_GE(::mkstemp(path), 0);
  const int status = in_own_network([&] {
    const int code = commit([](FirewallTransaction& transaction) {
      transaction.recreate_table();
      transaction.add_subnet(address_of("10.7.0.9", 24));
      transaction.add_subnet(address_of("fd00:7::9", 64));
      transaction.add_link("mc-web");
      transaction.add_port(port_of("", 8080, false, "10.7.0.2"));
      transaction.add_port(port_of("127.0.0.1", 53, true, "10.7.0.2"));
      transaction.add_port(port_of("", 8080, false, "fd00:7::2"));
      transaction.add_port(port_of("fd00:1::1", 53, true, "fd00:7::2"));
    });
    if (code != 0) return code;
    return std::system(("PATH=/usr/sbin:$PATH nft -nn list table inet microctr >" + std::string(path)).c_str()) != 0
               ? 126
               : 0;
  });
  std::ostringstream listed;
  std::ostringstream expected;
  listed << std::ifstream(path).rdbuf();
  expected << std::ifstream(MICROCTR_SOURCE_DIR "/tests/golden/firewall.nft").rdbuf();
  ::unlink(path);
  ASSERT_EQ(status, 0);
  EXPECT_EQ(listed.str(), expected.str());
}

TEST_F(NetFirewallKernel, AnswersEveryChange) {
  const auto port = port_of("", 8080, false, "10.7.0.2");
  const auto fresh = [](FirewallTransaction& transaction) { transaction.recreate_table(); };
  const auto add = [&](FirewallTransaction& transaction) { transaction.add_port(port); };
  const auto remove = [&](FirewallTransaction& transaction) { transaction.remove_port(port); };
  const auto others = [](FirewallTransaction& transaction) {
    transaction.add_subnet(address_of("10.7.0.0", 24));
    transaction.add_link("mc-web");
  };
  const auto fewer = [](FirewallTransaction& transaction) {
    transaction.remove_subnet(address_of("10.7.0.0", 24));
    transaction.remove_link("mc-web");
  };
  const auto overlap = [](FirewallTransaction& transaction) { transaction.add_subnet(address_of("10.0.0.0", 8)); };
  const auto gone = [](FirewallTransaction& transaction) { transaction.delete_table(); };
  EXPECT_EQ(in_own_network([&] {
              const std::pair<int, int> steps[] = {
                  {commit(add), ENOENT}, {commit(gone), ENOENT},    {commit(fresh), 0},       {commit(add), 0},
                  {commit(add), EEXIST}, {commit(remove), 0},       {commit(remove), ENOENT}, {commit(others), 0},
                  {commit(others), 0},   {commit(overlap), EEXIST}, {commit(fewer), 0},       {commit(fewer), ENOENT},
                  {commit(add), 0},      {commit(fresh), 0},        {commit(add), 0},         {commit(gone), 0},
              };
              int number = 1;
              for (const auto& [code, wanted] : steps) {
                if (code != wanted) return number;
                ++number;
              }
              return 0;
            }),
            0);
}

TEST_F(NetFirewallKernel, RefusedTransactionChangesNothing) {
  EXPECT_EQ(in_own_network([&] {
              const auto port = port_of("", 8080, false, "10.7.0.2");
              const auto other = port_of("", 8081, false, "10.7.0.2");
              if (commit([&](FirewallTransaction& transaction) {
                    transaction.recreate_table();
                    transaction.add_port(port);
                  }) != 0) {
                return 1;
              }
              if (commit([&](FirewallTransaction& transaction) {
                    transaction.add_port(other);
                    transaction.add_link("mc-web");
                    transaction.add_port(port);
                  }) != EEXIST) {
                return 2;
              }
              return commit([&](FirewallTransaction& transaction) { transaction.remove_port(other); }) == ENOENT ? 0
                                                                                                                 : 3;
            }),
            0);
}

TEST_F(NetFirewallKernel, TakesAThousandContainersAtOnce) {
  EXPECT_EQ(in_own_network([&] {
              return commit([](FirewallTransaction& transaction) {
                transaction.recreate_table();
                for (std::uint16_t port = 1; port <= 5000; ++port) {
                  transaction.add_port(port_of("", port, false, "10.7.0.2"));
                }
                for (unsigned container = 0; container < 1000; ++container) {
                  const std::string name = "mc-" + std::to_string(container);
                  transaction.add_link(CString::from_pointer(name.c_str()));
                }
              });
            }),
            0);
}

TEST_F(NetFirewallKernel, TellsOfADropByAnother) {
  EXPECT_EQ(in_own_network([&] {
              const auto find = [] {
                TextBuffer<128> where;
                const auto found = find_foreign_drop(where);
                return found ? std::to_string(found.value()) + std::string(where.view()) : std::string("error");
              };
              if (commit([](FirewallTransaction& transaction) { transaction.recreate_table(); }) != 0) return 1;
              if (find() != "0") return 2;
              if (std::system("PATH=/usr/sbin:$PATH; nft 'add table ip filter; add chain ip filter INPUT "
                              "{ type filter hook input priority 0; policy drop; }; add chain ip filter FORWARD "
                              "{ type filter hook forward priority 0; policy drop; }'") != 0) {
                return 3;
              }
              return find() == "1table ip filter, chain FORWARD" ? 0 : 4;
            }),
            0);
}

TEST_F(NetFirewallKernel, NeedsTheCapability) {
  EXPECT_EQ(in_own_network([] {
              if (::setuid(65534) != 0) return 1;
              return commit([](FirewallTransaction& transaction) { transaction.recreate_table(); }) == EPERM ? 0 : 2;
            }),
            0);
}

}  // namespace
}  // namespace microctr

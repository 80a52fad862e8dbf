#include "launcher/spec/machine.h"

#include <gtest/gtest.h>
#include <sys/mount.h>

#include <memory>
#include <string>

#include "launcher/spec/address.h"

namespace microctr {
namespace {

struct Reading {
  char storage[8 * 1024];
  Arena arena{storage};
  Machine machine;
  Diagnostics diagnostics;

  std::string messages() const {
    std::string all;
    for (const Diagnostic& diagnostic : diagnostics.list()) {
      TextBuffer<1024> text;
      format_diagnostic(diagnostic, text);
      all += std::string(text.view()) + "\n";
    }
    return all;
  }
};

std::unique_ptr<Reading> read(const std::string& text) {
  auto reading = std::make_unique<Reading>();
  read_machine({"init.conf", text}, reading->arena, reading->machine, reading->diagnostics);
  return reading;
}

std::string text_of(const Address& address) {
  TextBuffer<64> text;
  format_address(address, text);
  return std::string(text.view()) + "/" + std::to_string(address.prefix);
}

TEST(Machine, ReadsEachKey) {
  const auto reading = read(
      "hostname = edge-1\n"
      "module = overlay\n"
      "module = -virtio_net\n"
      "module = loop max_loop=8\n"
      "mount = /dev/mmcblk0p3 /data ext4 noatime,errors=remount-ro,ro check\n"
      "mount = -/dev/sda1 /usb vfat check\n"
      "sysctl = net.ipv4.conf.eth0/1.forwarding = 1\n"
      "console = /dev/ttyS0\n"
      "console = /dev/console none\n"
      "interface = eth0 dhcp\n"
      "interface = eth1 192.0.2.2/24 2001:db8::2/64 gateway 192.0.2.1 gateway 2001:db8::1 dns 192.0.2.53\n"
      "clock = /data/clock\n"
      "watchdog = /dev/watchdog0 20s\n"
      "shutdown-timeout = 1m\n"
      "on_crash = hold\n"
      "ready_command = /bin/sh -c 'echo \"all up\"'\n");
  EXPECT_EQ(reading->messages(), "");
  const Machine& machine = reading->machine;
  EXPECT_EQ(machine.keys_read, 16U);
  EXPECT_EQ(machine.hostname.view(), "edge-1");
  ASSERT_EQ(machine.modules.size(), 3U);
  EXPECT_FALSE(machine.modules[0].optional);
  EXPECT_TRUE(machine.modules[1].optional);
  EXPECT_EQ(machine.modules[1].words.view(), "virtio_net");
  EXPECT_EQ(machine.modules[2].words.view(), "loop max_loop=8");
  ASSERT_EQ(machine.mounts.size(), 2U);
  EXPECT_EQ(machine.mounts[0].source.view(), "/dev/mmcblk0p3");
  EXPECT_EQ(machine.mounts[0].flags, static_cast<std::uint64_t>(MS_NOATIME | MS_RDONLY));
  EXPECT_EQ(machine.mounts[0].data.view(), "errors=remount-ro");
  EXPECT_TRUE(machine.mounts[0].check);
  EXPECT_FALSE(machine.mounts[0].optional);
  EXPECT_TRUE(machine.mounts[1].check);
  EXPECT_TRUE(machine.mounts[1].optional);
  EXPECT_EQ(machine.mounts[1].source.view(), "/dev/sda1");
  EXPECT_EQ(machine.mounts[1].data.view(), "");
  ASSERT_EQ(machine.sysctls.size(), 1U);
  EXPECT_EQ(machine.sysctls[0].path.view(), "net/ipv4/conf/eth0.1/forwarding");
  EXPECT_EQ(machine.sysctls[0].value.view(), "1");
  ASSERT_EQ(machine.consoles.size(), 2U);
  EXPECT_EQ(machine.consoles[0].use, ConsoleUse::shell);
  EXPECT_EQ(machine.consoles[1].use, ConsoleUse::none);
  ASSERT_EQ(machine.interfaces.size(), 2U);
  EXPECT_TRUE(machine.interfaces[0].dhcp);
  EXPECT_EQ(machine.interfaces[1].name.view(), "eth1");
  ASSERT_EQ(machine.interfaces[1].addresses.size(), 2U);
  EXPECT_EQ(text_of(machine.interfaces[1].addresses[1]), "2001:db8::2/64");
  EXPECT_EQ(machine.interfaces[1].gateways.size(), 2U);
  EXPECT_EQ(machine.interfaces[1].servers.size(), 1U);
  EXPECT_EQ(machine.clock.view(), "/data/clock");
  EXPECT_EQ(machine.watchdog.view(), "/dev/watchdog0");
  EXPECT_EQ(machine.watchdog_ms, 20'000U);
  EXPECT_EQ(machine.shutdown_timeout_ms, 60'000U);
  EXPECT_EQ(machine.on_crash, CrashAction::hold);
  ASSERT_EQ(machine.ready_command.size(), 3U);
  EXPECT_EQ(machine.ready_command[2].view(), "echo \"all up\"");
}

TEST(Machine, HasDefaults) {
  const auto reading = read("watchdog = /dev/watchdog\n");
  EXPECT_EQ(reading->machine.watchdog_ms, 10'000U);
  EXPECT_EQ(reading->machine.shutdown_timeout_ms, 30'000U);
  EXPECT_EQ(reading->machine.on_crash, CrashAction::reboot);
  EXPECT_TRUE(reading->machine.clock.empty());
}

TEST(Machine, AMountThatMayFailIsOptional) {
  const auto reading = read("mount = /dev/sda1 /data ext4 ro,nofail\nmount = /dev/sda1 /data ext4\n");
  ASSERT_EQ(reading->machine.mounts.size(), 2U);
  EXPECT_TRUE(reading->machine.mounts[0].optional);
  EXPECT_FALSE(reading->machine.mounts[1].optional);
}

TEST(Machine, AnEmptyValueEmptiesAListAndResetsAKey) {
  const auto reading = read("module = a\nmodule =\nmodule = b\nhostname =\n");
  EXPECT_EQ(reading->messages(), "");
  ASSERT_EQ(reading->machine.modules.size(), 1U);
  EXPECT_EQ(reading->machine.modules[0].words.view(), "b");
}

TEST(Machine, SaysWhatIsWrongWithItsPlaceAndUsesTheRest) {
  const struct {
    const char* line;
    const char* message;
  } cases[] = {
      {"hostnme = a", "1: unknown key 'hostnme' (did you mean 'hostname'?)"},
      {"zebra = a", "1: unknown key 'zebra' (docs/machine.md lists all)"},
      {"memory = 16M", "1: unknown key 'memory' (docs/machine.md lists all)"},
      {"hello", "1: no '=' in the line (write key = value)"},
      {"hostname = -a", "12: hostname: '-a' is not a host name (RFC 1123, at most 64)"},
      {"module = -", "10: module: '-' names no module"},
      {"mount = /dev/sda1 /data", "9: mount: too few words (write SOURCE TARGET TYPE [OPTIONS] [check])"},
      {"mount = /dev/sda1 data ext4", "19: mount: 'data' is not an absolute path (write /..., without ..)"},
      {"mount = /dev/sda1 /a/../b ext4", "19: mount: '/a/../b' is not an absolute path (write /..., without ..)"},
      {"mount = LABEL=data /data ext4", "9: mount: 'LABEL=data' is not supported (write the device: /dev/...)"},
      {"mount = /dev/sda1 /data ext4 ro chek", "33: mount: 'chek' is not known here (write check, or nothing)"},
      {"mount = /dev/sda1 /data auto check",
       "30: mount: 'check' needs a TYPE other than auto (fsck.TYPE is what runs)"},
      {"mount = /dev/sda1 /data ext4 ro,noauto", "33: mount: 'noauto': the line would do nothing (leave it out)"},
      {"mount = a /data ext4 ro check more", "31: mount: 'more' is one word too many"},
      {"sysctl = vm.swappiness", "10: sysctl: 'vm.swappiness' has no value (write KEY=VALUE)"},
      {"sysctl = ../x=1",
       "10: sysctl: '../x' is not a setting's name (write it as below /proc/sys: net.ipv4.ip_forward)"},
      {"console = ttyS0", "11: console: 'ttyS0' is not an absolute path (write /..., without ..)"},
      {"console = /dev/ttyS0 bash", "22: console: 'bash' is not known (write shell or none)"},
      {"interface = eth0", "13: interface: 'eth0' has no address (write dhcp, or 192.0.2.2/24)"},
      {"interface = sixteen-letters- dhcp",
       "13: interface: 'sixteen-letters-' is not an interface's name (at most 15 characters)"},
      {"interface = eth0 192.0.2.2",
       "18: interface: '192.0.2.2' is not an address with its prefix (write dhcp, or 192.0.2.2/24)"},
      {"interface = eth0 192.0.2.2/24 gateway", "13: interface: '' is not a gateway's address (write 192.0.2.1)"},
      {"interface = eth0 192.0.2.2/24 dns x", "35: interface: 'x' is not a name server's address (write 192.0.2.1)"},
      {"interface = eth0 dhcp 192.0.2.2/24",
       "13: interface: 'eth0 dhcp 192.0.2.2/24': dhcp stands alone (the server says the rest)"},
      {"clock = clock", "9: clock: 'clock' is not an absolute path (write /..., without ..)"},
      {"watchdog = /dev/watchdog 1s", "26: watchdog: '1s' is not a time that can be (write 2s to 1h)"},
      {"watchdog = /dev/watchdog 10", "26: watchdog: '10' is not a time that can be (write 2s to 1h)"},
      {"shutdown_timeout = 1s", "20: shutdown_timeout: '1s' is not a time that can be (write 2s to 1h)"},
      {"on_crash = explode", "12: on_crash: 'explode' is not known (write reboot or hold)"},
      {"ready_command = sh -c 'a", "23: ready_command: this quote is not closed"},
  };
  for (const auto& one : cases) {
    const auto reading = read(std::string(one.line) + "\nmodule = good\n");
    EXPECT_EQ(reading->messages(), std::string("init.conf:1:") + one.message + "\n") << one.line;
    EXPECT_EQ(reading->machine.modules.size(), 1U) << one.line;
    EXPECT_EQ(reading->machine.keys_read, 1U) << one.line;
    EXPECT_TRUE(reading->machine.mounts.empty() && reading->machine.interfaces.empty() &&
                reading->machine.consoles.empty() && reading->machine.sysctls.empty())
        << one.line;
  }
}

TEST(Machine, RefusesWhatIsGivenTwice) {
  EXPECT_EQ(read("hostname = a\n\nhostname = b\n")->messages(),
            "init.conf:3:1: key 'hostname' is given twice (first in line 1; keep one)\n");
  EXPECT_EQ(read("interface = eth0 dhcp\ninterface = eth0 192.0.2.2/24\n")->messages(),
            "init.conf:2:13: interface: 'eth0' has a line already (write all its addresses on one)\n");
}

TEST(Machine, HasLimits) {
  std::string consoles;
  for (int number = 0; number < 5; ++number) consoles += "console = /dev/tty" + std::to_string(number) + "\n";
  EXPECT_EQ(read(consoles)->messages(), "init.conf:5:11: console: too many lines (limit 4)\n");
  std::string modules;
  for (int number = 0; number < 40; ++number) modules += "module = " + std::string(250, 'a') + "\n";
  const auto reading = read(modules);
  EXPECT_NE(reading->messages().find("module: too much text in this file (limit 8192 bytes)"), std::string::npos);
  EXPECT_EQ(reading->machine.modules.size(), 32U);
}

TEST(MountOptions, BecomeFlagsAndData) {
  TextBuffer<128> data;
  EXPECT_EQ(parse_mount_options("nosuid,size=1m,remount,rw,,strictatime,mode=755", data),
            static_cast<std::uint64_t>(MS_NOSUID | MS_REMOUNT | 1U << 24));
  EXPECT_EQ(data.view(), "size=1m,mode=755");
  data.clear();
  EXPECT_EQ(parse_mount_options("ro,noexec,exec,rw", data), 0U);  // the last word counts
  EXPECT_EQ(parse_mount_options("defaults,rbind,rslave", data),
            static_cast<std::uint64_t>(MS_BIND | MS_REC | MS_SLAVE));
  EXPECT_EQ(data.view(), "");
}

}  // namespace
}  // namespace microctr

#include "launcher/spec/reader.h"

#include <gtest/gtest.h>

#include "tests/unit/spec_harness.h"

namespace microctr::spec_test {
namespace {

// One line of configuration and the message that it gives, behind "web.conf:1:".
struct Refused {
  const char* line;
  const char* message;
};

TEST(SpecReader, RefusesBadLines) {
  const Refused cases[] = {
      // Keys.
      {"memroy = 16M", "1: unknown key 'memroy' (did you mean 'memory'?)"},
      {"  ports = 80:80", "3: unknown key 'ports' (microctr help keys lists all)"},
      {"restart.required = no", "1: unknown key 'restart.required' (only resource limits have '.required')"},
      {"memory.requierd = no", "1: unknown key 'memory.requierd' (did you mean 'memory.required'?)"},
      {"cgroup.memory.min = 1M", "1: key 'cgroup.memory.min' is not supported yet"},
      {"cgroup.memory.ip = 1M", "1: key 'cgroup.memory.ip' is not supported yet"},
      {"eth1.publish = 80:80",
       "1: key 'eth1.publish' belongs to the whole container, not to an interface (write publish)"},
      {"eth0.memory = 1M", "1: key 'eth0.memory' belongs to the whole container, not to an interface (write memory)"},
      {"eth1.gatway = 10.0.0.1", "1: unknown key 'eth1.gatway' (did you mean 'eth1.gateway'?)"},
      {"eth1.publsh = 80:80", "1: unknown key 'eth1.publsh' (did you mean 'publish'?)"},
      {"eth1.zebra = 1", "1: unknown key 'eth1.zebra' (microctr help keys lists all)"},
      {"eth1. = 1", "1: unknown key 'eth1.' (microctr help keys lists all)"},
      {".ip = 1", "1: unknown key '.ip' (did you mean 'ip'?)"},
      {"lo.ip = 10.0.0.2/24",
       "1: 'lo' is not the name of an interface inside (at most 15 letters, digits, '-' and '_'; not lo, all or "
       "default)"},
      {"eth0.10.ip = 10.0.0.2/24",
       "1: 'eth0.10' is not the name of an interface inside (at most 15 letters, digits, '-' and '_'; not lo, all or "
       "default)"},
      {"sixteen-letters-.ip = dhcp",
       "1: 'sixteen-letters-' is not the name of an interface inside (at most 15 letters, digits, '-' and '_'; not lo, "
       "all or default)"},
      {"my key = 1", "1: unknown key 'my key' (microctr help keys lists all)"},
      // Lines.
      {"memory 16M", "1: no '=' in the line (write memory = 16M)"},
      {"\tcap-add NET_RAW CHOWN", "2: no '=' in the line (write cap_add = NET_RAW CHOWN)"},
      {"hello", "1: no '=' in the line (write key = value)"},
      {"memory", "1: no '=' in the line (write key = value)"},
      {"= 1", "1: no key before '=' (write key = value)"},
      // Process.
      {"command = sh -c 'a", "17: command: this quote is not closed"},
      {"command = sh -c \"a", "17: command: this quote is not closed"},
      {"command = a \\", "13: command: nothing follows this backslash (write \\\\ for a backslash)"},
      {"command = '' a", "11: command: the program's name is empty"},
      {"user = :1", "8: user: a name or number is missing"},
      {"user = a:", "10: user: a name or number is missing"},
      {"user = 4294967295", "8: user: '4294967295' is not a user's or group's number (0 to 4294967294)"},
      {"user = a:99999999999", "10: user: '99999999999' is not a user's or group's number (0 to 4294967294)"},
      {"groups = a 4294967295", "12: groups: '4294967295' is not a user's or group's number (0 to 4294967294)"},
      {"env = FOO", "7: env: 'FOO' has no value (write env = NAME=VALUE)"},
      {"env = 1A=2", "7: env: '1A' is not a variable's name (letters, digits and _, no digit first)"},
      {"env = A B=2", "7: env: 'A B' is not a variable's name (letters, digits and _, no digit first)"},
      {"env = =2", "7: env: '' is not a variable's name (letters, digits and _, no digit first)"},
      {"env_file = web.env", "12: env_file: 'web.env' is not a path (begin with / , ./ or ../)"},
      {"umask = 088", "9: umask: '088' is not an octal mode (at most 777)"},
      {"umask = 1777", "9: umask: '1777' is not an octal mode (at most 777)"},
      // Root.
      {"layer = .hidden",
       "9: layer: '.hidden' is neither a path nor a name (a path begins with / , ./ or ../; a name has letters, "
       "digits, "
       "'.', '_' and '-')"},
      {"layer = a/b", "9: layer: 'a/b' is not a path (begin with / , ./ or ../)"},
      {"rootfs = root", "10: rootfs: 'root' is not a path (begin with / , ./ or ../)"},
      {"upper = tmpfs:", "15: upper: '' is not a size (write bytes, or a whole number with K, M, G or T: 16M)"},
      {"upper = tmpfs:8m", "15: upper: '8m' is not a size (did you mean '8M'?)"},
      {"upper = none:8M", "14: upper: only tmpfs has a size (write none alone)"},
      {"upper = persistant", "9: upper: 'persistant' is not known (did you mean 'persistent'?)"},
      {"upper = -/a", "9: upper: a leading '-' is not possible here (remove it)"},
      {"read_only = true", "13: read_only: 'true' is not a switch (did you mean 'yes'?)"},
      {"read_only = Off", "13: read_only: 'Off' is not a switch (did you mean 'no'?)"},
      {"read_only = maybe", "13: read_only: 'maybe' is not a switch (write yes or no)"},
      {"volume = /a", "10: volume: '/a' is not a volume (write SOURCE:TARGET or SOURCE:TARGET:ro)"},
      {"volume = :/a", "10: volume: ':/a' is not a volume (write SOURCE:TARGET or SOURCE:TARGET:ro)"},
      {"volume = /a:", "10: volume: '/a:' is not a volume (write SOURCE:TARGET or SOURCE:TARGET:ro)"},
      {"volume = /a:/b:ro:x", "10: volume: '/a:/b:ro:x' is not a volume (write SOURCE:TARGET or SOURCE:TARGET:ro)"},
      {"volume = /a:/b:or", "16: volume: 'or' is not known (known: ro rw noexec)"},
      {"volume = /a:/b:", "16: volume: '' is not known (known: ro rw noexec)"},
      {"volume = /a:/b:ro,", "19: volume: '' is not known (known: ro rw noexec)"},
      {"volume = /a:/b:ro,rw", "19: volume: ro and rw contradict each other (keep one)"},
      {"volume = /a:/b:noexe", "16: volume: 'noexe' is not known (did you mean 'noexec'?)"},
      {"volume = -data:/b", "10: volume: a named volume is made when it is missing, so '-' has no meaning (remove it)"},
      {"volume = a b:/b",
       "10: volume: 'a b' is neither a path nor a name (a path begins with / , ./ or ../; a name has letters, digits, "
       "'.', "
       "'_' and '-')"},
      {"tmpfs = /t:1X", "12: tmpfs: '1X' is not a size (write bytes, or a whole number with K, M, G or T: 16M)"},
      {"tmpfs = /t:", "12: tmpfs: '' is not a size (write bytes, or a whole number with K, M, G or T: 16M)"},
      {"tmpfs = /t:1M:9", "15: tmpfs: '9' is not an octal mode (at most 7777)"},
      {"tmpfs = /t:1M:755:x", "15: tmpfs: '755:x' is not an octal mode (at most 7777)"},
      // Namespaces.
      {"namespaces = mount net", "20: namespaces: 'net' is not known (did you mean 'network'?)"},
      {"namespaces = mount mount", "20: namespaces: 'mount' is given twice (keep one)"},
      {"namespaces = user",
       "14: namespaces: the user namespace has a key of its own (write userns = auto, host, root or map)"},
      {"namespaces = time", "14: namespaces: a time namespace comes with its offset (write time_offset = 0)"},
      {"namespaces = pid all",
       "18: namespaces: 'all' cannot stand in a list (write namespaces = all, or nothing for none)"},
      {"namespaces = none",
       "14: namespaces: 'none' cannot stand in a list (write namespaces = all, or nothing for none)"},
      {"userns = yes", "10: userns: 'yes' is not known (known: auto host root map)"},
      // Resources.
      {"memory = 16MB", "10: memory: '16MB' is not a size (did you mean '16M'?)"},
      {"memory = 16MiB", "10: memory: '16MiB' is not a size (did you mean '16M'?)"},
      {"memory = 16B", "10: memory: '16B' is not a size (did you mean '16'?)"},
      {"memory = -1", "10: memory: '-1' is not a size (write bytes, or a whole number with K, M, G or T: 16M)"},
      {"memory = 50%", "10: memory: '50%' is not a size (write bytes, or a whole number with K, M, G or T: 16M)"},
      {"memory = 16M # x", "10: memory: '16M # x' cannot be read (a comment needs a line of its own)"},
      {"memory = 8388608T", "10: memory: '8388608T' is too large (the largest is 2^63 - 1 bytes)"},
      {"memory.required = 0", "19: memory.required: '0' is not a switch (did you mean 'no'?)"},
      {"cpus = 1,5",
       "8: cpus: '1,5' is not a number of processors (write 1.5, with at most three decimals, or 50% of one)"},
      {"cpus = 9000",
       "8: cpus: '9000' is more processors than Linux can have (write 1.5, with at most three decimals, or 50% of "
       "one)"},
      {"cpu_weight = 10001", "14: cpu_weight: '10001' is not a number from 0 to 10000"},
      {"cpuset = 3-1", "10: cpuset: '3-1' is not a list of processors (write numbers and rising ranges: 0-1,3)"},
      {"pids = 1K", "8: pids: '1K' is not a number from 0 to 4194304"},
      {"pids = 99999999999999999999", "8: pids: '99999999999999999999' is not a number from 0 to 4194304"},
      {"cgroup = /", "10: cgroup: the root cgroup has no limits (write a path below it)"},
      {"delegate = 1", "12: delegate: '1' is not a switch (did you mean 'yes'?)"},
      // Security.
      {"cap_add = CHOWN NET_ADMIM", "17: cap_add: 'NET_ADMIM' is not a capability (did you mean 'NET_ADMIN'?)"},
      {"cap_drop = 12", "12: cap_drop: '12' is not a capability (see capabilities(7))"},
      {"no_new_privileges = 1", "21: no_new_privileges: '1' is not a switch (did you mean 'yes'?)"},
      // Network.
      {"network = vet", "11: network: 'vet' is not known (did you mean 'veth'?)"},
      {"network = nat",
       "11: network: 'nat' is not known (known: none host veth bridge macvlan ipvlan interface container)"},
      {"network = host:eth0", "16: network: nothing follows host (write host alone)"},
      {"network = none:", "16: network: nothing follows none (write none alone)"},
      {"network = bridge:br-lan",
       "18: network: the bridge's name has a key of its own (write bridge here, and bridge = br-lan)"},
      {"network = macvlan", "11: network: 'macvlan' lacks an interface of the host (write macvlan:eth0)"},
      {"network = ipvlan:", "11: network: 'ipvlan' lacks an interface of the host (write ipvlan:eth0)"},
      {"eth1.network = interface",
       "16: eth1.network: 'interface' lacks an interface of the host (write interface:eth0)"},
      {"network = container", "11: network: 'container' lacks the name of a container (write container:NAME)"},
      {"network = veth:", "11: network: 'veth' lacks the name of a container (write veth:NAME)"},
      {"bridge_subnet = 10.9.0.0", "17: bridge_subnet: the prefix length is missing (write 10.9.0.0/24)"},
      {"bridge_subnet = 10.9.0.0/x", "26: bridge_subnet: 'x' is not a prefix length (1 to 32)"},
      {"eth1.ip = dhcp4", "11: eth1.ip: 'dhcp4' is not an IPv4 or IPv6 address"},
      {"mac = 02:00:5e:10:00",
       "7: mac: '02:00:5e:10:00' is not a hardware address (write six pairs: 02:00:5e:10:00:01)"},
      {"mac = 02-00-5e-10-00-01",
       "7: mac: '02-00-5e-10-00-01' is not a hardware address (write six pairs: 02:00:5e:10:00:01)"},
      {"mac = 02:00:5e:10:00:0g",
       "7: mac: '02:00:5e:10:00:0g' is not a hardware address (write six pairs: 02:00:5e:10:00:01)"},
      {"mtu = 67", "7: mtu: '67' is not the size of a packet (68 to 65535)"},
      {"mtu = 65536", "7: mtu: '65536' is not the size of a packet (68 to 65535)"},
      {"mtu = 1K", "7: mtu: '1K' is not the size of a packet (68 to 65535)"},
      {"nat = masquerade", "7: nat: 'masquerade' is not a switch (write yes or no)"},
      {"publish = 80", "11: publish: '80' lacks the container's port (write 80:80)"},
      {"publish = 80:", "11: publish: '80' lacks the container's port (write 80:80)"},
      {"publish = :80", "11: publish: '' is not a port (1 to 65535)"},
      {"publish = 0:80", "11: publish: '0' is not a port (1 to 65535)"},
      {"publish = 8080:65536", "16: publish: '65536' is not a port (1 to 65535)"},
      {"publish = 8080:http", "16: publish: 'http' is not a port (1 to 65535)"},
      {"publish = 8080:80/sctp", "19: publish: 'sctp' is not known (known: tcp udp)"},
      {"publish = 8080:80/", "19: publish: '' is not known (known: tcp udp)"},
      {"publish = 8010-8000:80-90", "11: publish: '8010-8000' runs backwards (write the lower port first)"},
      {"publish = 8000-8010:80-89",
       "21: publish: '80-89' has not as many ports as 8000-8010 (make both ranges equally long)"},
      {"publish = 8000-8010:80",
       "21: publish: '80' has not as many ports as 8000-8010 (make both ranges equally long)"},
      {"publish = 8000-:80", "16: publish: '' is not a port (1 to 65535)"},
      {"publish = eth0:8080:80", "11: publish: 'eth0' is not an IPv4 or IPv6 address"},
      {"publish = fd00::1:8080:80", "11: publish: an IPv6 address needs brackets here (write [fd00::1]:8080:80)"},
      {"publish = [10.0.0.1]:8080:80", "12: publish: '10.0.0.1' is not an IPv6 address"},
      {"publish = [fd00::1:8080:80",
       "11: publish: '[fd00::1:8080:80' is not an address in brackets and two ports (write [fd00::1]:8080:80)"},
      {"publish = [fd00::1]:80", "21: publish: '80' lacks the container's port (write 80:80)"},
      {"dns = one.one.one.one", "7: dns: 'one.one.one.one' is not an IPv4 or IPv6 address"},
      {"add_host = db", "12: add_host: 'db' lacks an address (write NAME:ADDRESS)"},
      {"add_host = db:", "12: add_host: 'db:' lacks an address (write NAME:ADDRESS)"},
      {"add_host = db:host-gateway", "15: add_host: 'host-gateway' is not an IPv4 or IPv6 address"},
      {"ip = 10.0.0.2", "6: ip: the prefix length is missing (write 10.0.0.2/24)"},
      {"ip = fd00::2", "6: ip: the prefix length is missing (write fd00::2/64)"},
      {"ip = 10.0.0.2/33", "15: ip: '33' is not a prefix length (1 to 32)"},
      {"ip = 10.0.0.2/0", "15: ip: '0' is not a prefix length (1 to 32)"},
      {"ip = fd00::2/129", "14: ip: '129' is not a prefix length (1 to 128)"},
      {"ip = 10.0.0.256/24", "6: ip: '10.0.0.256' is not an IPv4 or IPv6 address"},
      {"gateway = 10.0.0.1/24", "11: gateway: a gateway has no prefix length (write 10.0.0.1)"},
      {"gateway = router", "11: gateway: 'router' is not an IPv4 or IPv6 address"},
      // Supervision and logs.
      {"stop_signal = TEM", "15: stop_signal: 'TEM' is not a signal (did you mean 'TERM'?)"},
      {"stop_signal = 65", "15: stop_signal: '65' is not a signal (a name such as TERM, or 1 to 64)"},
      {"stop_timeout = 10", "16: stop_timeout: '10' has no unit (write 10s, or ms, m or h)"},
      {"stop_timeout = 10sec",
       "16: stop_timeout: '10sec' is not a time (write a whole number with ms, s, m or h: 10s)"},
      {"stop_timeout = 597h", "16: stop_timeout: '597h' is too long (the longest is 24 days)"},
      {"log = rings", "7: log: 'rings' is not known (did you mean 'ring'?)"},
      {"log = ring:4095", "12: log: '4095' is out of range (4K to 64M)"},
      {"log = ring:65M", "12: log: '65M' is out of range (4K to 64M)"},
      {"log = none:1M", "12: log: only ring and file have a size (write none alone)"},
  };
  for (const Refused& refused : cases) {
    EXPECT_EQ(read(refused.line)->messages(), std::string("web.conf:1:") + refused.message + "\n") << refused.line;
  }
}

TEST(SpecReader, AcceptsTheContractsExample) {
  const auto reading = check(
      "# /etc/microctr/containers/web.conf\n"
      "layer    = busybox\n"
      "volume   = /data/www:/www:ro\n"
      "command  = httpd -f -p 80 -h /www\n"
      "memory   = 16M\n"
      "pids     = 32\n"
      "network  = bridge\n"
      "publish  = 8080:80\n");
  EXPECT_EQ(reading->messages(), "");
  EXPECT_TRUE(reading->valid);
  EXPECT_EQ(describe(reading->spec),
            "name=web\ncommand=[httpd]\ncommand=[-f]\ncommand=[-p]\ncommand=[80]\ncommand=[-h]\ncommand=[/www]\n"
            "layer=busybox store\nvolume=/data/www:/www ro\nmemory=16777216\npids=32\nnetwork=bridge\n"
            "publish=8080 80 1\n");
}

TEST(SpecReader, ReportsAllFaultsOfOneLine) {
  EXPECT_EQ(read("namespaces = net mnt pid")->messages(),
            "web.conf:1:14: namespaces: 'net' is not known (did you mean 'network'?)\n"
            "web.conf:1:18: namespaces: 'mnt' is not known (known: mount uts ipc pid network cgroup)\n");
}

TEST(SpecReader, ReportsAllFaultsOfOneFile) {
  const auto reading = read("memroy = 1\nmemory = 1x\nio_weight = 5\nmemory = 2M\n");
  EXPECT_EQ(reading->messages(),
            "web.conf:1:1: unknown key 'memroy' (did you mean 'memory'?)\n"
            "web.conf:2:10: memory: '1x' is not a size (write bytes, or a whole number with K, M, G or T: 16M)\n"
            "web.conf:3:1: key 'io_weight' is not supported yet\n"
            "web.conf:4:1: key 'memory' is given twice (first at web.conf:2:10; keep one)\n");
}

TEST(SpecReader, CountsFaultsThatFindNoRoom) {
  std::string text;
  for (int line = 0; line < 100; ++line) text += "x" + std::to_string(line) + " = 1\n";
  const auto reading = read(text);
  EXPECT_EQ(reading->count(), 100U);
  EXPECT_EQ(reading->diagnostics.list().size(), limits::diagnostics);
}

TEST(SpecReader, RefusesARepeatedSingleKey) {
  EXPECT_EQ(read("stop-timeout = 1s\n\n stop_timeout = 2s\n")->messages(),
            "web.conf:3:2: key 'stop_timeout' is given twice (first at web.conf:1:16; keep one)\n");
  EXPECT_EQ(read("memory = 1M\nmemory =\n")->messages(),
            "web.conf:2:1: key 'memory' is given twice (first at web.conf:1:10; keep one)\n");
  EXPECT_EQ(read("memory =\nmemory = 1M\n")->messages(),
            "web.conf:2:1: key 'memory' is given twice (first at web.conf:1:9; keep one)\n");
  EXPECT_EQ(read(ReadingInput{"", "memory = 1M\nmemory = 2M"})->messages(),
            "defaults.conf:2:1: key 'memory' is given twice (first at defaults.conf:1:10; keep one)\n");
}

TEST(SpecReader, LaterSourcesOverrideSingleKeys) {
  const auto reading = read(ReadingInput{"memory = 2M\npids = 2", "memory = 1M\ncpus = 1", {"pids=3", "pids = 4"}});
  EXPECT_EQ(reading->messages(), "");
  EXPECT_EQ(describe(reading->spec), "name=web\nmemory=2097152\ncpus=1000\npids=4\n");
  EXPECT_EQ(reading->origins.of(Key::cpus).source.view(), "defaults.conf");
  EXPECT_EQ(reading->origins.of(Key::memory).source.view(), "web.conf");
  EXPECT_EQ(reading->origins.of(Key::pids).source.view(), "-o pids = 4");
}

TEST(SpecReader, LaterSourcesAddToLists) {
  const auto reading = read(ReadingInput{"groups = b\ngroups = c", "groups = a", {"groups=d"}});
  EXPECT_EQ(describe(reading->spec), "name=web\ngroups=a\ngroups=b\ngroups=c\ngroups=d\n");
}

TEST(SpecReader, AnEmptyValueEmptiesAList) {
  const char* const lists[] = {"groups = a", "env = A=1",        "env_file = /a", "layer = a",     "volume = a:/a",
                               "tmpfs = /a", "ip = 10.0.0.1/24", "cap_add = ALL", "cap_drop = ALL"};
  for (const std::string line : lists) {
    const std::string key = line.substr(0, line.find(' '));
    EXPECT_EQ(describe(read(ReadingInput{key + " =", line})->spec), "name=web\n") << line;
    const auto again = read(ReadingInput{key + " =\n" + line, line});
    EXPECT_EQ(describe(again->spec), describe(read(line)->spec)) << line;
    EXPECT_EQ(again->messages(), "");
  }
}

TEST(SpecReader, AVariableIsThereOnce) {
  const auto reading = read(ReadingInput{"env = A=2\nenv = AB=3", "env = A=1\nenv = C=", {"env=C=4"}});
  EXPECT_EQ(describe(reading->spec), "name=web\nenv=A=2\nenv=C=4\nenv=AB=3\n");
}

TEST(SpecReader, OptionsHaveNoLine) {
  EXPECT_EQ(read(ReadingInput{"", "", {"memory=1x"}})->messages(),
            "-o memory=1x: memory: '1x' is not a size (write bytes, or a whole number with K, M, G or T: 16M)\n");
  EXPECT_EQ(read(ReadingInput{"", "", {"memroy=1"}})->messages(),
            "-o memroy=1: unknown key 'memroy' (did you mean 'memory'?)\n");
  EXPECT_EQ(read(ReadingInput{"", "", {"memory"}})->messages(), "-o memory: no '=' in the line (write key = value)\n");
  EXPECT_EQ(read(ReadingInput{"", "", {""}})->messages(), "-o : nothing is set (write -o key=value)\n");
  EXPECT_EQ(read(ReadingInput{"", "", {"# memory=1"}})->messages(),
            "-o # memory=1: nothing is set (write -o key=value)\n");
  EXPECT_EQ(read(ReadingInput{"", "", {"io_weight=5"}})->messages(),
            "-o io_weight=5: key 'io_weight' is not supported yet\n");
}

TEST(SpecReader, AnOptionIsOneLine) {
  const auto reading = read(ReadingInput{"", "", {"env=A=1\nuser=0"}});
  EXPECT_EQ(reading->messages(),
            "-o env=A=1?user=0: control character (only tabs and line ends are allowed; remove it)\n");
  EXPECT_FALSE(reading->spec.user);
}

TEST(SpecReader, ALongOptionIsCutInMessages) {
  const auto reading = read(ReadingInput{"", "", {"memory=" + std::string(5000, '1')}});
  EXPECT_EQ(reading->messages(), "-o memory=" + std::string(57, '1') + "...: line is too long (limit 4096 bytes)\n");
}

TEST(SpecReader, LimitsOptions) {
  EXPECT_EQ(read(ReadingInput{"", "", std::vector<std::string>(limits::overrides, "pids=1")})->messages(), "");
  EXPECT_EQ(read(ReadingInput{"", "", std::vector<std::string>(limits::overrides + 1, "pids=1")})->messages(),
            "web.conf: too many -o options (limit 32)\n");
}

TEST(SpecReader, TheNameComesFromTheFile) {
  EXPECT_EQ(describe(read(ReadingInput{"", "", {}, "dns"})->spec), "name=dns\n");
  EXPECT_EQ(describe(read(ReadingInput{"name = other", "", {}, "dns"})->spec), "name=other\n");
  EXPECT_EQ(read(ReadingInput{"", "name = all"})->messages(),
            "defaults.conf:1:1: key 'name' cannot be in the defaults (every container needs its own)\n");
}

TEST(SpecReader, RelativePathsAreBelowTheFile) {
  EXPECT_EQ(describe(read("layer = ./l\nlayer = ../m\nlayer = .\nlayer = ..\nlayer = -././n\nlayer = -busybox")->spec),
            "name=web\nlayer=/etc/microctr/containers/l\nlayer=/etc/microctr/containers/../m\n"
            "layer=/etc/microctr/containers\nlayer=/etc/microctr/containers/..\n"
            "layer=/etc/microctr/containers/n optional\nlayer=busybox store optional\n");
  EXPECT_EQ(
      describe(
          read(ReadingInput{"rootfs = ./r\nupper = ./u\nvolume = -./v:/v\nenv_file = -./e", "", {}, "web", "/"})->spec),
      "name=web\nenv_file=-/e\nrootfs=/r\nupper=2\nupper_path=/u\nvolume=/v:/v optional\n");
  EXPECT_EQ(read(ReadingInput{"", "layer = ./l"})->messages(),
            "defaults.conf:1:9: layer: './l' is relative, which only a container's own file may use (begin with /)\n");
  EXPECT_EQ(read(ReadingInput{"", "", {"rootfs=./r"}})->messages(),
            "-o rootfs=./r: rootfs: './r' is relative, which only a container's own file may use (begin with /)\n");
}

TEST(SpecReader, LimitsAPath) {
  const ReadingInput input{"rootfs = ./" + std::string(3000, 'a'), "", {}, "web", "/" + std::string(2000, 'b')};
  EXPECT_EQ(read(input)->messages(), "web.conf:1:10: rootfs: the path is too long (limit 4095 bytes)\n");
}

TEST(SpecReader, LimitsLists) {
  const auto repeat = [](const std::string& line, std::size_t count) {
    std::string text;
    for (std::size_t index = 0; index < count; ++index) {
      std::string numbered = line;
      numbered.replace(numbered.find('%'), 1, std::to_string(index));
      text += numbered + "\n";
    }
    return text;
  };
  const struct {
    const char* line;
    std::size_t limit;
  } lists[] = {{"layer = l%", limits::layers},        {"volume = v:/%", limits::mounts},
               {"tmpfs = /%", limits::mounts},        {"groups = g%", limits::groups},
               {"env = A%=1", limits::environment},   {"ip = 10.0.0.%/24", limits::addresses},
               {"env_file = /%", limits::environment}};
  for (const auto& list : lists) {
    EXPECT_EQ(read(repeat(list.line, list.limit))->messages(), "") << list.line;
    const std::string message = read(repeat(list.line, list.limit + 1))->messages();
    EXPECT_NE(message.find("too many (limit " + std::to_string(list.limit) + ")"), std::string::npos) << message;
  }
}

TEST(SpecReader, LimitsTheText) {
  const std::string comment = "#" + std::string(1022, 'x') + "\n";
  std::string text;
  for (int count = 0; count < 32; ++count) text += comment;
  EXPECT_EQ(read(text)->messages(), "");
  EXPECT_EQ(read(text + "#")->messages(), "web.conf: the file is too large (limit 32768 bytes)\n");
}

TEST(SpecReader, SaysWhenTheArenaIsFull) {
  Reading reading;
  char storage[8];
  Arena arena(storage);
  const ConfigSources sources{{}, {"web.conf", "rootfs = /a/long/path\ncommand = something-long"}, "/", "web", {}};
  read_spec(sources, arena, reading.spec, reading.origins, reading.diagnostics);
  EXPECT_EQ(reading.messages(),
            "web.conf:1:10: rootfs: no room left for its text (make the configuration smaller)\n"
            "web.conf:2:11: command: no room left for its text (make the configuration smaller)\n");
}

TEST(SpecReader, MessagesShowNoControlCharacters) {
  Reading reading;
  reading.diagnostics.add({"a\x1b[2Jb", 1, 2}, "x\ny");
  EXPECT_EQ(reading.messages(), "a?[2Jb:1:2: x?y\n");
}

TEST(SpecReader, LongValuesAreCutBetweenCharacters) {
  EXPECT_EQ(shown(std::string(64, 'a')), std::string(64, 'a'));
  EXPECT_EQ(shown(std::string(70, 'a')), std::string(64, 'a'));
  EXPECT_EQ(shown(std::string(63, 'a') + "\xc3\xbc"), std::string(63, 'a'));
}

TEST(SpecReader, RemembersTheEntriesOfLists) {
  const auto reading = read(ReadingInput{"volume = b:/b\n  volume =  c:/c", "volume = a:/a"});
  EXPECT_EQ(reading->origins.of(Key::volume, 0).source.view(), "defaults.conf");
  EXPECT_EQ(reading->origins.of(Key::volume, 1).line, 1U);
  EXPECT_EQ(reading->origins.of(Key::volume, 2).line, 2U);
  EXPECT_EQ(reading->origins.of(Key::volume, 2).column, 13U);
  EXPECT_FALSE(reading->origins.is_set(Key::layer));
  const auto others =
      read("tmpfs = /a\ntmpfs = /b\nip = 10.0.0.2/24\nip = 10.0.0.3/24\nlayer = a\nlayer = b\ngroups = a\ngroups = b");
  EXPECT_EQ(others->origins.of(Key::tmpfs, 0).line, 1U);
  EXPECT_EQ(others->origins.of(Key::tmpfs, 1).line, 2U);
  EXPECT_EQ(others->origins.of(Key::ip, 0).line, 3U);
  EXPECT_EQ(others->origins.of(Key::ip, 1).line, 4U);
  EXPECT_EQ(others->origins.of(Key::layer, 0).line, 5U);
  EXPECT_EQ(others->origins.of(Key::layer, 1).line, 6U);
  EXPECT_EQ(others->origins.of(Key::groups, 0).line, 8U);
  EXPECT_EQ(reading->origins.of(Key::layer, 3).source.view(), "web.conf");
  EXPECT_EQ(reading->origins.of(Key::layer, 3).line, 0U);
}

}  // namespace
}  // namespace microctr::spec_test

#include "launcher/spec/key.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>

#include "tests/unit/spec_harness.h"

#ifndef MICROCTR_SOURCE_DIR
// The build gives absolute names to the compiler: this file is two folders below the top.
#define MICROCTR_SOURCE_DIR (std::string(__FILE__).substr(0, std::string(__FILE__).rfind("/tests/unit/")))
#endif

namespace microctr::spec_test {
namespace {

// A value for each supported key that is not its default, and what describe() shows of it.
struct Sample {
  const char* value;
  const char* described;
};
const std::map<std::string, Sample> samples = {
    {"name", {"other", "name=other\n"}},
    {"description", {"The web server", "description=The web server\n"}},
    {"hostname", {"web-1", "hostname=web-1\n"}},
    {"domainname", {"lan", "domainname=lan\n"}},
    {"command", {"sh -c 'a b'", "command=[sh]\ncommand=[-c]\ncommand=[a b]\n"}},
    {"workdir", {"/www", "workdir=/www\n"}},
    {"user", {"www:1000", "user=www\ngroup=#1000\n"}},
    {"groups", {"audio, 44", "groups=audio\ngroups=#44\n"}},
    {"env", {"A=b c=d", "env=A=b c=d\n"}},
    {"env_file", {"-/web.env", "env_file=-/web.env\n"}},
    {"umask", {"027", "umask=23\n"}},
    {"tty", {"yes", "tty=1\n"}},
    {"init", {"yes", "init=1\n"}},
    {"layer", {"busybox", "layer=busybox store\n"}},
    {"rootfs", {"/srv/root", "rootfs=/srv/root\n"}},
    {"upper", {"tmpfs:8M", "upper_size=8388608\n"}},
    {"read_only", {"yes", "read_only=1\n"}},
    {"volume", {"/data:/www:ro,noexec", "volume=/data:/www ro noexec\n"}},
    {"tmpfs", {"/tmp:4M:755", "tmpfs=/tmp 4194304 493\n"}},
    {"device", {"-/dev/ttyUSB0:/dev/modem:rw", "device=/dev/ttyUSB0:/dev/modem rw optional\n"}},
    {"manifest", {"/etc/manifest", "manifest=/etc/manifest\n"}},
    {"namespaces", {"mount, pid", "no namespaces= uts ipc network cgroup\n"}},
    {"userns", {"root", "userns=2\n"}},
    {"user_map", {"0:100000:65536", "user_map=0 100000 65536\n"}},
    {"group_map", {"0:100000:65536", "group_map=0 100000 65536\n"}},
    {"time_offset", {"-1h", "time_offset=-3600 -3600\n"}},
    {"nesting", {"yes", "nesting=1\n"}},
    {"memory", {"16M", "memory=16777216\n"}},
    {"memory.required", {"no", "memory.required=no\n"}},
    {"memory_high", {"12M", "memory_high=12582912\n"}},
    {"memory_high.required", {"no", "memory_high.required=no\n"}},
    {"memory_swap", {"0", "memory_swap=0\n"}},
    {"memory_swap.required", {"no", "memory_swap.required=no\n"}},
    {"cpus", {"1.5", "cpus=1500\n"}},
    {"cpus.required", {"no", "cpus.required=no\n"}},
    {"cpu_weight", {"200", "cpu_weight=200\n"}},
    {"cpu_weight.required", {"no", "cpu_weight.required=no\n"}},
    {"cpuset", {"0-1,3", "cpuset=0-1,3\n"}},
    {"cpuset.required", {"no", "cpuset_required=0\n"}},
    {"pids", {"32", "pids=32\n"}},
    {"pids.required", {"no", "pids.required=no\n"}},
    {"delegate", {"yes", "delegate=1\n"}},
    {"cgroup", {"/apps/web", "cgroup=apps/web\n"}},
    {"cap_add", {"NET_RAW, cap_chown", "cap_add=8193\n"}},
    {"cap_drop", {"ALL", "cap_drop=2199023255551\n"}},
    {"no_new_privileges", {"no", "no_new_privileges=0\n"}},
    {"seccomp", {"/etc/web.seccomp", "seccomp=1\nseccomp_file=/etc/web.seccomp\n"}},
    {"masked_path", {"/proc/x", "masked_path=/proc/x\n"}},
    {"readonly_path", {"/proc/x", "readonly_path=/proc/x\n"}},
    {"sysctl", {"net.ipv4.ip_forward = 1", "sysctl=net/ipv4/ip_forward 1\n"}},
    {"ulimit", {"nofile=1024:4096", "ulimit=7 1024 4096\n"}},
    {"oom_score_adj", {"-500", "oom_score_adj=-500\n"}},
    {"apparmor", {"web", "apparmor=web\n"}},
    {"selinux_label", {"system_u:system_r:web_t:s0", "selinux_label=system_u:system_r:web_t:s0\n"}},
    {"network", {"veth", "network=veth\n"}},
    {"bridge", {"br-lan", "bridge=br-lan\n"}},
    {"bridge_subnet", {"10.9.0.1/24", "bridge_subnet=10.9.0.1/24\n"}},
    {"ip", {"fd00::2/64", "ip=fd00::2/64\n"}},
    {"gateway", {"10.0.0.1", "gateway=10.0.0.1/32\n"}},
    {"mac", {"02:00:5E:10:00:01", "mac=02:00:5e:10:00:01\n"}},
    {"mtu", {"1400", "mtu=1400\n"}},
    {"nat", {"no", "nat=no\n"}},
    {"publish", {"127.0.0.1:8080:80/udp", "publish=127.0.0.1/32 8080 80 1 udp\n"}},
    {"dns", {"fd00::53", "dns=fd00::53/128\n"}},
    {"dns_search", {"lan.example", "dns_search=lan.example\n"}},
    {"add_host", {"db:fd00::9", "add_host=db fd00::9/128\n"}},
    {"network_alias", {"www", "network_alias=www\n"}},
    {"autostart", {"no", "autostart=0\n"}},
    {"type", {"oneshot", "type=1\n"}},
    {"after", {"db, cache", "after=db\nafter=cache\n"}},
    {"requires", {"db", "requires=db\n"}},
    {"wait_path", {"/dev/sda1", "wait_path=/dev/sda1\n"}},
    {"restart", {"unless-stopped", "restart=3\n"}},
    {"restart_delay", {"500ms", "restart_delay=500\n"}},
    {"restart_max_delay", {"5m", "restart_max_delay=300000\n"}},
    {"restart_limit", {"5/60s", "restart_limit=5\nrestart_window=60000\n"}},
    {"on_failure", {"start:rescue", "on_failure=3\nfailure_start=rescue\n"}},
    {"ready", {"socket:/run/db.sock", "ready=2\nready_socket=/run/db.sock\n"}},
    {"start_timeout", {"2m", "start_timeout=120000\n"}},
    {"health_command",
     {"sh -c 'test -e /run/ok'", "health_command=[sh]\nhealth_command=[-c]\nhealth_command=[test -e /run/ok]\n"}},
    {"health_interval", {"1m", "health_interval=60000\n"}},
    {"health_timeout", {"10s", "health_timeout=10000\n"}},
    {"health_retries", {"1", "health_retries=1\n"}},
    {"health_start_period", {"1m", "health_start_period=60000\n"}},
    {"stop_signal", {"SIGINT", "stop_signal=2\n"}},
    {"stop_timeout", {"500ms", "stop_timeout=500\n"}},
    {"log", {"file:/data/web.log:2M:5", "log=1\nlog_size=2097152\nlog_path=/data/web.log\nlog_count=5\n"}},
};

std::string without_name(const Spec& spec) {
  std::string text = describe(spec);
  const std::string name = "name=web\n";
  const std::size_t at = text.rfind(name, 0);
  return at == 0 ? text.substr(name.size()) : text;
}

template <typename Function>
void for_each_key(Function function) {
  for (std::size_t index = 0; index < key_count; ++index) function(key_info(static_cast<Key>(index)));
}

TEST(SpecKey, IsFoundByItsName) {
  std::set<std::string> names;
  for_each_key([&](const KeyInfo& info) {
    const std::string name(info.name.view());
    EXPECT_TRUE(names.insert(name).second) << name;
    EXPECT_EQ(find_key(name), info.key);
    EXPECT_FALSE(info.description.empty()) << name;
    std::string dashed = name;
    for (char& character : dashed) character = character == '_' ? '-' : character;
    EXPECT_EQ(find_key(dashed), info.key);
  });
}

TEST(SpecKey, IsNotFoundByAnotherName) {
  for (const char* name : {"", "memor", "memory_", "Memory", "memory.", ".required", "restart.required",
                           "cgroup.memory.max", "a-name-that-is-much-longer-than-any-key-there-is"}) {
    EXPECT_FALSE(find_key(name)) << name;
  }
}

TEST(SpecKey, IsShownWithItsInterface) {
  const auto shown_name = [](Key key, std::string_view interface) {
    TextBuffer<64> text;
    write_key_name(key, interface, text);
    return std::string(text.view());
  };
  EXPECT_EQ(shown_name(Key::ip, "eth0"), "ip");
  EXPECT_EQ(shown_name(Key::ip, "eth1"), "eth1.ip");
  EXPECT_EQ(shown_name(Key::nat, "wan"), "wan.nat");
  EXPECT_EQ(shown_name(Key::publish, "eth1"), "publish");
  EXPECT_EQ(shown_name(Key::memory, ""), "memory");
}

TEST(SpecKey, SuggestsTheNearest) {
  EXPECT_EQ(nearest_key("memroy").view(), "memory");
  EXPECT_EQ(nearest_key("MEMORY").view(), "memory");
  EXPECT_EQ(nearest_key("mem").view(), "memory");
  EXPECT_EQ(nearest_key("comand").view(), "command");
  EXPECT_EQ(nearest_key("volumes").view(), "volume");
  EXPECT_EQ(nearest_key("readonly").view(), "read_only");
  EXPECT_EQ(nearest_key("environment").view(), "env");
  EXPECT_EQ(nearest_key("memory_hihg").view(), "memory_high");
  EXPECT_EQ(nearest_key("ports").view(), "");
  EXPECT_EQ(nearest_key("x").view(), "");
}

TEST(SpecKey, ChangesTheSpecWhenSupported) {
  for_each_key([](const KeyInfo& info) {
    if (info.support == Support::later) return;
    const std::string name(info.name.view());
    const auto sample = samples.find(name);
    ASSERT_NE(sample, samples.end()) << name << " needs a sample";
    const auto reading = read(name + " = " + sample->second.value);
    EXPECT_EQ(reading->messages(), "") << name;
    EXPECT_EQ(without_name(reading->spec), sample->second.described) << name;
    EXPECT_TRUE(reading->origins.is_set(info.key)) << name;
    EXPECT_EQ(reading->origins.of(info.key).line, 1U) << name;
    EXPECT_EQ(reading->origins.of(info.key).column, name.size() + 4) << name;
  });
}

TEST(SpecKey, HasItsDefaultAgainWhenEmpty) {
  for_each_key([](const KeyInfo& info) {
    if (info.support == Support::later) return;
    const std::string name(info.name.view());
    const std::string empty_value = name + " =";
    const std::string defaults = info.key == Key::name ? "" : name + " = " + samples.at(name).value;
    const auto reading = read(ReadingInput{empty_value, defaults});
    EXPECT_EQ(reading->messages(), "") << name;
    if (info.key == Key::namespaces) {
      EXPECT_TRUE(reading->spec.namespaces.none());
    } else {
      // Emptying these two removes also what stands in no line.
      const std::string left = info.key == Key::masked_path     ? "default_masks=0\n"
                               : info.key == Key::readonly_path ? "default_read_only_paths=0\n"
                                                                : "";
      EXPECT_EQ(without_name(reading->spec), left) << name;
      EXPECT_FALSE(reading->origins.is_set(info.key)) << name;
    }
  });
}

TEST(SpecKey, HasInTheTableTheDefaultOfTheSpec) {
  for_each_key([](const KeyInfo& info) {
    if (info.support == Support::later || info.initial.empty()) return;
    const auto reading = read(std::string(info.name.view()) + " = " + std::string(info.initial.view()));
    EXPECT_EQ(reading->messages(), "");
    EXPECT_EQ(without_name(reading->spec), "") << info.name.view();
  });
}

TEST(SpecKey, IsRefusedWhenItComesLater) {
  for_each_key([](const KeyInfo& info) {
    if (info.support == Support::now) return;
    const std::string name(info.name.view());
    const std::string expected = "web.conf:2:3: key '" + name + "' is not supported yet\n";
    for (const char* value : {"yes", "", "1"}) {
      const auto reading = read("\n  " + name + " = " + value);
      EXPECT_EQ(reading->messages(), expected);
      EXPECT_EQ(without_name(reading->spec), "");
    }
  });
}

TEST(SpecKey, OfEveryGroupOfTheContractIsThere) {
  for (const char* name : {"name",
                           "description",
                           "hostname",
                           "domainname",
                           "command",
                           "workdir",
                           "user",
                           "groups",
                           "env",
                           "env_file",
                           "umask",
                           "tty",
                           "init",
                           "layer",
                           "image",
                           "rootfs",
                           "upper",
                           "read_only",
                           "volume",
                           "tmpfs",
                           "device",
                           "manifest",
                           "namespaces",
                           "userns",
                           "user_map",
                           "group_map",
                           "time_offset",
                           "nesting",
                           "memory",
                           "memory_high",
                           "memory_swap",
                           "cpus",
                           "cpu_weight",
                           "cpuset",
                           "pids",
                           "io_weight",
                           "io_max",
                           "delegate",
                           "cgroup",
                           "cap_add",
                           "cap_drop",
                           "no_new_privileges",
                           "seccomp",
                           "masked_path",
                           "readonly_path",
                           "sysctl",
                           "ulimit",
                           "oom_score_adj",
                           "apparmor",
                           "selinux_label",
                           "network",
                           "bridge",
                           "bridge_subnet",
                           "ip",
                           "gateway",
                           "mac",
                           "mtu",
                           "nat",
                           "publish",
                           "dns",
                           "dns_search",
                           "add_host",
                           "network_alias",
                           "autostart",
                           "type",
                           "after",
                           "requires",
                           "wait_path",
                           "restart",
                           "restart_delay",
                           "restart_max_delay",
                           "restart_limit",
                           "on_failure",
                           "ready",
                           "start_timeout",
                           "health_command",
                           "health_interval",
                           "health_timeout",
                           "health_retries",
                           "health_start_period",
                           "stop_signal",
                           "stop_timeout",
                           "log"}) {
    EXPECT_TRUE(find_key(name)) << name;
  }
}

// The row of docs/keys.md that begins with the key.
std::string manual_row(const std::string& manual, const std::string& name) {
  const std::size_t begin = manual.find("\n| `" + name + "` |");
  if (begin == std::string::npos) return {};
  return manual.substr(begin + 1, manual.find('\n', begin + 1) - begin - 1);
}

TEST(SpecKey, IsInTheManual) {
  std::ifstream file(std::string(MICROCTR_SOURCE_DIR) + "/docs/keys.md");
  ASSERT_TRUE(file) << "docs/keys.md of " << MICROCTR_SOURCE_DIR;
  std::stringstream content;
  content << file.rdbuf();
  const std::string manual = content.str();
  for_each_key([&](const KeyInfo& info) {
    const std::string name(info.name.view());
    const std::string row = manual_row(manual, name);
    ASSERT_NE(row, "") << name << " has no row";
    const std::string start = "| `" + name + "` | ";
    const std::string works = info.support == Support::now ? "yes" : "later";
    EXPECT_EQ(row.substr(start.size(), works.size()), works) << name;
    const std::string second = row.substr(start.size(), row.find(" |", start.size()) - start.size());
    EXPECT_EQ(second.find("list") != std::string::npos, info.repeat == Repeat::list) << name;
  });
}

}  // namespace
}  // namespace microctr::spec_test

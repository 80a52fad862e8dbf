// The fuzz target for a moment, with texts that are made of what configurations are made of. Always the same texts.
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "launcher/spec/key.h"

// A name of its own: another fuzz target may be in this program too.
#define LLVMFuzzerTestOneInput fuzz_config
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
#include "tests/fuzz/config_fuzz.cpp"

namespace microctr::spec_test {
namespace {

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) parts.emplace_back(cut(text, '|'));
  return parts;
}

std::string make_text(std::mt19937& random) {
  const std::vector<std::string> values = split(
      "yes|no|16M|0|1.5|50%|10s|all|mount,pid|veth|none|host|10.0.0.2/24|fd00::2/64|10.0.0.1|bridge|macvlan:e|"
      "ipvlan:e|interface:e|container:b|veth:b|dhcp|10.9.0.1/24|fd00::1|02:00:00:00:00:01|1400|8080:80|"
      "10.0.0.1:53:53/udp|[fd00::1]:1-9:11-19|.|lan|db:fd00::9|/a:/b:ro|data:/c|/"
      "t:4M:755|"
      "A=b|busybox|./l|-/x|tmpfs:8M|ring:16K|NET_RAW ALL|sh -c 'a b' \"c\\\"\" "
      "\\x|www:1000|0-1,3|TERM|RTMIN+3|027|/|..|"
      "/dev/a:/dev/b:rw|-/dev/c*:m|default|off|auto:100000-165535|map|0:100000:65536|1:0:1|-1h|monotonic=30d "
      "boottime=+5|net.ipv4.ip_forward=1|kernel/shmmax = "
      "2|fs.mqueue.msg_max=3|nofile=1:2|core=unlimited|-1000|u:r:t|oneshot|on-failure|unless-stopped|5/"
      "60s|start:b|reboot|socket:/s|socket:[fd00::1]:80|notify|fd|"
      "file:/l:1M:3|syslog|"
      "18446744073709551616|:|'|\xc3\xbc|\xff|| |,|#|=");
  std::string text(1, static_cast<char>(random() % 4));
  const auto lines = random() % 12;
  for (unsigned line = 0; line < lines; ++line) {
    if (random() % 8 == 0) text += "eth" + std::to_string(random() % 3) + ".";
    text += key_info(static_cast<Key>(random() % key_count)).name.view();
    text += random() % 20 == 0 ? " " : " = ";
    for (auto part = random() % 3 + 1; part > 0; --part) text += values[random() % values.size()];
    text += random() % 20 == 0 ? "\r\n" : "\n";
  }
  for (auto change = random() % 4; change > 0 && random() % 2 == 0; --change) {
    text[random() % text.size()] = static_cast<char>(random());
  }
  return text;
}

TEST(SpecFuzz, SurvivesAnyText) {
  std::mt19937 random(20);
  for (int round = 0; round < 10'000; ++round) {
    const std::string text = make_text(random);
    // Without room behind it, so that a sanitizer sees a read past its end.
    const std::vector<std::uint8_t> bytes(text.begin(), text.end());
    LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
  }
}

}  // namespace
}  // namespace microctr::spec_test

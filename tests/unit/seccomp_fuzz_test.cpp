// The fuzz target for a moment, with texts that are made of what policies are made of. Always the same texts.
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "launcher/base/text.h"

// A name of its own: another fuzz target may be in this program too.
#define LLVMFuzzerTestOneInput fuzz_policy
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
#include "tests/fuzz/policy_fuzz.cpp"

namespace microctr::seccomp {
namespace {

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) parts.emplace_back(cut(text, '|'));
  return parts;
}

std::string make_policy(std::mt19937& random) {
  const std::vector<std::string> keys =
      split("base|default|allow|log|trap|kill|errno|errno:ENOSYS|errno:7|errno:|errno:x|allow read|x| ");
  const std::vector<std::string> values = split(
      "standard|none|allow|log|kill|errno:EPERM|read|write|mount|clone|socket|ioctl|execve|exit_group|cacheflush|, | "
      "if "
      "arg0 == 1| if arg1:32 & 0xf != 2| and arg0 > 0x100000000| if arg5 <= 5 and arg4 >= 18446744073709551615| if| "
      "and|"
      "arg9|:32|0x|&|=|\xc3\xbc|\xff|-| ");
  std::string text(1, static_cast<char>(random() % 8));
  for (auto line = random() % 12; line > 0; --line) {
    text += keys[random() % keys.size()] + (random() % 20 == 0 ? " " : " = ");
    for (auto part = random() % 4 + 1; part > 0; --part) text += values[random() % values.size()] + " ";
    text += random() % 20 == 0 ? "\r\n" : "\n";
  }
  for (auto change = random() % 4; change > 0 && random() % 2 == 0; --change) {
    text[random() % text.size()] = static_cast<char>(random());
  }
  return text;
}

TEST(SeccompFuzz, SurvivesAnyPolicy) {
  std::mt19937 random(4);
  for (int round = 0; round < 1'000; ++round) {
    const std::string text = make_policy(random);
    // Without room behind it, so that a sanitizer sees a read past its end.
    const std::vector<std::uint8_t> bytes(text.begin(), text.end());
    LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
  }
}

}  // namespace
}  // namespace microctr::seccomp

#include "launcher/spec/link_name.h"

#include <algorithm>
#include <cstdint>

namespace microctr {
namespace {

constexpr std::size_t longest_plain = 12;
constexpr std::size_t kept = 4;
constexpr unsigned hash_characters = 8;
constexpr unsigned bits_of_character = 5;

bool is_plain(char character) { return is_made_of({&character, 1}, "-_."); }

std::uint64_t hash(std::string_view text) {
  std::uint64_t value = 0xcbf29ce484222325;  // FNV-1a, 64 bits
  for (const char character : text) value = (value ^ static_cast<unsigned char>(character)) * 0x100000001b3;
  return value;
}

}  // namespace

void write_host_link_name(std::string_view container, TextWriter& writer) {
  if (container.size() <= longest_plain && is_made_of(container, "-_.")) {
    writer.add("mc-", container);
    return;
  }
  writer.add("mc_");
  for (const char character : leading(container, kept)) writer.add(is_plain(character) ? character : '_');
  std::uint64_t value = hash(container);
  value ^= value >> 40;  // folded, as the authors of FNV advise, so that all bits count
  for (unsigned at = 0; at < hash_characters; ++at) {
    writer.add("0123456789abcdefghijklmnopqrstuv"[value % 32]);
    value >>= bits_of_character;
  }
}

}  // namespace microctr

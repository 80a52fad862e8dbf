#include "launcher/spec/link_name.h"

#include <cstdint>

#include "launcher/base/hash.h"
#include "launcher/spec/word_list.h"

namespace microctr {
namespace {

constexpr std::size_t kept = 4;
constexpr unsigned hash_characters = 8;
constexpr unsigned bits_of_character = 5;

bool is_plain(char character) { return is_made_of({&character, 1}, "-_."); }

}  // namespace

bool is_link_name(std::string_view name) {
  if (name.empty() || name.size() > longest_link_name || name == "." || name == "..") return false;
  for (const char character : name) {
    if (static_cast<unsigned char>(character) <= ' ' || contains("/:%\x7f", character)) return false;
  }
  return true;
}

bool is_interface_name(std::string_view name) {
  return !name.empty() && name.size() <= longest_link_name && is_made_of(name, "-_") &&
         !find_word("lo all default", name);
}

void write_host_link_name(std::string_view container, unsigned interface, TextWriter& writer) {
  TextBuffer<16> number;
  if (interface != 0) number.add(interface);
  if (container.size() + number.size() + 3 <= longest_link_name && is_made_of(container, "-_.")) {
    writer.add("mc", number.view(), '-', container);
    return;
  }
  writer.add("mc_");
  for (const char character : leading(container, kept)) writer.add(is_plain(character) ? character : '_');
  std::uint64_t value = hash_of(container);
  if (interface != 0) value = hash_of(number.view(), hash_of("/", value));
  value = fold_hash(value);
  for (unsigned at = 0; at < hash_characters; ++at) {
    writer.add("0123456789abcdefghijklmnopqrstuv"[value % 32]);
    value >>= bits_of_character;
  }
}

}  // namespace microctr

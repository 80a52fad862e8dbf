#include "launcher/spec/address.h"

#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <span>

#include "launcher/base/hash.h"

namespace microctr {
namespace {

constexpr unsigned group_count = 8;

bool parse_v4(std::string_view text, std::uint8_t* bytes) {
  for (unsigned part = 0; part < 4; ++part) {
    const std::size_t dot = position(text, '.');
    if ((dot == std::string_view::npos) != (part == 3)) return false;
    const std::string_view number = leading(text, dot);
    const auto value = parse_number(number, 255);
    if (!value || (number.size() > 1 && number.front() == '0')) return false;
    bytes[part] = static_cast<std::uint8_t>(*value);
    if (part != 3) text.remove_prefix(dot + 1);
  }
  return true;
}

std::optional<std::uint16_t> parse_group(std::string_view text) {
  if (text.empty() || text.size() > 4) return {};
  unsigned value = 0;
  for (const char character : text) {
    const std::size_t digit =
        std::string_view("0123456789abcdef")
            .find(static_cast<char>(character >= 'A' && character <= 'F' ? character + ('a' - 'A') : character));
    if (digit == std::string_view::npos) return {};
    value = value << 4 | static_cast<unsigned>(digit);
  }
  return static_cast<std::uint16_t>(value);
}

// Groups between colons into `bytes`, which holds up to 16; the number of bytes, or nothing.
std::optional<std::size_t> parse_groups(std::string_view text, std::uint8_t* bytes) {
  std::size_t size = 0;
  if (text.empty()) return size;
  while (true) {
    const std::size_t colon = position(text, ':');
    const std::string_view group = leading(text, colon);
    const bool is_last = colon == std::string_view::npos;
    if (is_last && contains(group, '.')) {
      if (size > 12 || !parse_v4(group, bytes + size)) return {};
      return size + 4;
    }
    const auto value = parse_group(group);
    if (!value || size > 14) return {};
    bytes[size++] = static_cast<std::uint8_t>(*value >> 8);
    bytes[size++] = static_cast<std::uint8_t>(*value & 0xff);
    if (is_last) return size;
    text.remove_prefix(colon + 1);
  }
}

bool parse_v6(std::string_view text, std::uint8_t* bytes) {
  const std::size_t gap = text.find("::");
  if (gap == std::string_view::npos) return parse_groups(text, bytes) == std::size_t{16};
  const std::string_view head_text = leading(text, gap);
  if (contains(head_text, '.')) return false;
  std::uint8_t tail[16];
  const auto head_size = parse_groups(head_text, bytes);
  const auto tail_size = parse_groups(after(text, gap + 2), tail);
  if (!head_size || !tail_size || *head_size + *tail_size > 14) return false;
  std::memset(bytes + *head_size, 0, 16 - *head_size);
  if (*tail_size != 0) std::memcpy(bytes + 16 - *tail_size, tail, *tail_size);
  return true;
}

std::span<const std::uint8_t> bytes_of(const Address& address) { return {address.bytes, address_bits(address) / 8}; }

// True when every bit behind the prefix of `subnet` is `bit` in `address`, which must be in the subnet.
bool is_host_part(const Address& subnet, const Address& address, unsigned bit) {
  if (!is_in_subnet(subnet, address)) return false;
  const unsigned bits = address_bits(subnet);
  if (subnet.prefix + 1U >= bits) return false;
  for (unsigned at = subnet.prefix; at < bits; ++at) {
    if ((address.bytes[at / 8] >> (7 - at % 8) & 1U) != bit) return false;
  }
  return true;
}

}  // namespace

std::optional<Address> parse_address(std::string_view text) {
  Address address;
  if (!contains(text, ':')) {
    if (!parse_v4(text, address.bytes)) return {};
    address.family = AF_INET;
    address.prefix = 32;
    return address;
  }
  if (!parse_v6(text, address.bytes)) return {};
  address.family = AF_INET6;
  address.prefix = 128;
  return address;
}

std::optional<Address> parse_subnet(std::string_view text) {
  auto address = parse_address(cut(text, '/'));
  if (!address) return {};
  const auto prefix = parse_number(text, address_bits(*address));
  if (!prefix || *prefix == 0) return {};
  address->prefix = static_cast<std::uint8_t>(*prefix);
  return address;
}

unsigned address_bits(const Address& address) { return address.family == AF_INET ? 32 : 128; }

bool is_same_address(const Address& left, const Address& right) {
  return left.family == right.family && std::ranges::equal(bytes_of(left), bytes_of(right));
}

bool is_in_subnet(const Address& address, const Address& other) {
  if (address.family != other.family) return false;
  for (unsigned at = 0; at < address.prefix; ++at) {
    if (((address.bytes[at / 8] ^ other.bytes[at / 8]) >> (7 - at % 8) & 1) != 0) return false;
  }
  return true;
}

Address network_of(const Address& address) {
  Address network = address;
  for (unsigned at = address.prefix; at < address_bits(address); ++at) {
    network.bytes[at / 8] &= static_cast<std::uint8_t>(~(0x80U >> at % 8));
  }
  return network;
}

Address bridge_address_of(const Address& subnet) {
  Address bridge = subnet;
  if (is_first_of_subnet(subnet, subnet)) bridge.bytes[address_bits(subnet) / 8 - 1] |= 1;
  return bridge;
}

bool is_first_of_subnet(const Address& subnet, const Address& address) { return is_host_part(subnet, address, 0); }

bool is_broadcast_of_subnet(const Address& subnet, const Address& address) {
  return subnet.family == AF_INET && is_host_part(subnet, address, 1);
}

bool is_usable_address(const Address& address) {
  const std::uint8_t first = address.bytes[0];
  if (address.family == AF_INET) return first != 0 && first != 127 && first < 224;
  if (first == 0xff) return false;
  const auto bytes = bytes_of(address);
  const bool is_low = std::all_of(bytes.begin(), bytes.end() - 1, [](std::uint8_t byte) { return byte == 0; });
  return !is_low || address.bytes[15] > 1;  // not :: and not ::1
}

static void format_v6(const Address& address, TextWriter& writer) {
  std::uint16_t groups[group_count];
  for (unsigned at = 0; at < group_count; ++at) {
    groups[at] = static_cast<std::uint16_t>(address.bytes[2 * at] << 8 | address.bytes[2 * at + 1]);
  }
  unsigned gap = group_count;
  unsigned gap_size = 1;  // RFC 5952: a single zero group is written
  for (unsigned at = 0; at < group_count; ++at) {
    unsigned size = 0;
    while (at + size < group_count && groups[at + size] == 0) ++size;
    if (size > gap_size) {
      gap = at;
      gap_size = size;
    }
  }
  for (unsigned at = 0; at < group_count; ++at) {
    if (at == gap) {
      writer.add("::");
      at += gap_size - 1;
      continue;
    }
    if (at != 0 && at != gap + gap_size) writer.add(':');
    writer.add(Hex{groups[at]});
  }
}

void format_address(const Address& address, TextWriter& writer) {
  if (address.family != AF_INET) return format_v6(address, writer);
  for (unsigned at = 0; at < 4; ++at) {
    if (at != 0) writer.add('.');
    writer.add(address.bytes[at]);
  }
}

std::optional<HardwareAddress> parse_hardware_address(std::string_view text) {
  HardwareAddress address;
  if (text.size() != 3 * sizeof address.bytes - 1) return {};
  for (std::uint8_t& byte : address.bytes) {
    const auto pair = parse_group(leading(text, 2));
    if (!pair || (text.size() > 2 && text[2] != ':')) return {};
    byte = static_cast<std::uint8_t>(*pair);
    text = after(text, 3);
  }
  return address;
}

void format_hardware_address(const HardwareAddress& address, TextWriter& writer) {
  for (const std::uint8_t& byte : address.bytes) {
    if (&byte != address.bytes) writer.add(':');
    writer.add(Hex{byte / 16U}, Hex{byte % 16U});
  }
}

HardwareAddress derive_hardware_address(std::string_view container, std::string_view interface) {
  std::uint64_t value = fold_hash(hash_of(interface, hash_of("/", hash_of(container))));
  HardwareAddress address = {{0x02}};
  for (std::size_t at = 1; at < sizeof address.bytes; ++at) {
    address.bytes[at] = static_cast<std::uint8_t>(value & 0xff);
    value >>= 8;
  }
  return address;
}

}  // namespace microctr

// The values of init.conf that are small languages of their own: interfaces and mount options.

#include <sys/mount.h>

#include "launcher/base/text.h"
#include "launcher/spec/address.h"
#include "launcher/spec/link_name.h"
#include "launcher/spec/machine.h"
#include "launcher/spec/word_list.h"

namespace microctr {
namespace {

// What each word sets, and what each of the others takes back.
constexpr char flag_words[] =
    "ro nosuid nodev noexec sync remount mand dirsync noatime nodiratime bind rbind silent relatime strictatime "
    "lazytime private rprivate shared rshared slave rslave";
constexpr std::uint32_t flags_of_words[] = {
    MS_RDONLY,   MS_NOSUID,          MS_NODEV,   MS_NOEXEC,        MS_SYNCHRONOUS, MS_REMOUNT,
    MS_MANDLOCK, MS_DIRSYNC,         MS_NOATIME, MS_NODIRATIME,    MS_BIND,        MS_BIND | MS_REC,
    MS_SILENT,   MS_RELATIME,        1U << 24,   1U << 25,         MS_PRIVATE,     MS_PRIVATE | MS_REC,
    MS_SHARED,   MS_SHARED | MS_REC, MS_SLAVE,   MS_SLAVE | MS_REC};
constexpr char plain_words[] = "rw suid dev exec async atime diratime defaults auto noauto nofail";
constexpr std::uint32_t flags_of_plain_words[] = {
    MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_SYNCHRONOUS, MS_NOATIME, MS_NODIRATIME, 0, 0, 0, 0};

constexpr Phrase too_many = "'@' is one too many (limits: 4 addresses, one gateway of each family, 3 name servers)"_p;

std::optional<InterfaceFault> parse_gateway(std::string_view word, HostInterface& interface) {
  const auto gateway = parse_address(word);
  if (!gateway || !is_usable_address(*gateway)) {
    return InterfaceFault{word, "'@' is not a gateway's address (write 192.0.2.1)"_p};
  }
  for (const Address& other : interface.gateways) {
    if (other.family == gateway->family) return InterfaceFault{word, too_many};
  }
  if (!interface.gateways.push(*gateway)) return InterfaceFault{word, too_many};
  return {};
}

std::optional<InterfaceFault> parse_server(std::string_view word, HostInterface& interface) {
  const auto server = parse_address(word);
  if (!server) return InterfaceFault{word, "'@' is not a name server's address (write 192.0.2.1)"_p};
  if (!interface.servers.push(*server)) return InterfaceFault{word, too_many};
  return {};
}

std::optional<InterfaceFault> parse_own_address(std::string_view word, HostInterface& interface) {
  const auto address = parse_subnet(word);
  if (!address || !is_usable_address(*address)) {
    return InterfaceFault{word, "'@' is not an address with its prefix (write dhcp, or 192.0.2.2/24)"_p};
  }
  if (!interface.addresses.push(*address)) return InterfaceFault{word, too_many};
  return {};
}

}  // namespace

std::optional<InterfaceFault> parse_interface(std::string_view text, HostInterface& interface) {
  std::string_view rest = text;
  const std::string_view name = next_word(rest);
  if (!is_link_name(name)) return InterfaceFault{name, "'@' is not an interface's name (at most 15 characters)"_p};
  for (std::string_view word = next_word(rest); !word.empty(); word = next_word(rest)) {
    std::optional<InterfaceFault> fault;
    if (word == "dhcp") {
      interface.dhcp = true;
    } else if (word == "gateway") {
      fault = parse_gateway(next_word(rest), interface);
    } else if (word == "dns") {
      fault = parse_server(next_word(rest), interface);
    } else {
      fault = parse_own_address(word, interface);
    }
    if (fault) return fault;
  }
  const bool is_static = !interface.addresses.empty() || !interface.gateways.empty() || !interface.servers.empty();
  if (interface.dhcp && is_static) return InterfaceFault{text, "'@': dhcp stands alone (the server says the rest)"_p};
  if (!interface.dhcp && interface.addresses.empty()) {
    return InterfaceFault{text, "'@' has no address (write dhcp, or 192.0.2.2/24)"_p};
  }
  return {};
}

std::uint64_t parse_mount_options(std::string_view options, TextWriter& data) {
  std::uint64_t flags = 0;
  while (!options.empty()) {
    const std::string_view option = cut(options, ',');
    if (option.empty()) continue;
    if (const auto set = find_word(flag_words, option)) {
      flags |= flags_of_words[*set];
    } else if (const auto clear = find_word(plain_words, option)) {
      flags &= ~static_cast<std::uint64_t>(flags_of_plain_words[*clear]);
    } else {
      data.add(data.size() == 0 ? "" : ",", option);
    }
  }
  return flags;
}

}  // namespace microctr

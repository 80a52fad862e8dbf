#include "launcher/net/name_files.h"

#include "launcher/plan/plan.h"
#include "launcher/spec/address.h"

namespace microctr {

namespace {

using Bridges = FixedVector<std::string_view, limits::interfaces>;

bool is_given(std::string_view field) { return !field.empty() && field != "-"; }

// In whose network the container is: its own name, or that of the network's owner.
std::string_view owner_of_network(const Spec& spec) {
  return spec.network.mode() == NetworkMode::container ? spec.network.interfaces[0].peer : spec.name;
}

Bridges bridges_of(const NameSources& sources) {
  Bridges bridges;
  std::size_t cursor = 0;
  while (const auto entry = sources.entries.next(cursor, "lease", owner_of_network(sources.spec))) {
    if (entry->field[1] != owner_of_network(sources.spec) || !is_given(entry->field[0])) continue;
    if (!bridges.push(entry->field[0])) break;
  }
  return bridges;
}

class HostsText {
 public:
  HostsText(const NameSources& sources, TextWriter& text) : sources_(sources), spec_(sources.spec), text_(text) {}

  void base() {
    if (shares_host_network(spec_) && !sources_.hosts.empty()) {
      text_.add(sources_.hosts);
      if (sources_.hosts.back() != '\n') text_.add("\n");
      return;
    }
    text_.add("127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n");
  }

  void own() {
    if (shares_host_network(spec_)) return;
    bool any = false;
    for (std::size_t index = 0; index < spec_.network.interfaces.size(); ++index) any |= own_interface(index);
    if (any) return;
    text_.add("127.0.1.1");
    own_names();
  }

  void added() {
    for (const HostName& host : spec_.network.hosts) {
      format_address(host.address, text_);
      text_.add(' ', host.name, "\n");
    }
  }

  void siblings() {
    const Bridges bridges = bridges_of(sources_);
    if (bridges.empty()) return;
    std::size_t cursor = 0;
    while (const auto entry = sources_.entries.next(cursor, "lease")) {
      if (entry->field[1] == spec_.name) continue;
      for (const std::string_view bridge : bridges) {
        if (bridge != entry->field[0]) continue;
        sibling(*entry);
        break;
      }
    }
  }

 private:
  bool own_interface(std::size_t index) {
    const Interface& interface = spec_.network.interfaces[index];
    const bool known = index < sources_.state.size() && !sources_.state[index].addresses.empty();
    const auto addresses = known ? sources_.state[index].addresses.view() : interface.addresses.view();
    for (const Address& address : addresses) own_address(address);
    return addresses.empty() ? own_lease(interface.name) : true;
  }

  bool own_lease(CString interface) {
    bool any = false;
    std::size_t cursor = 0;
    while (const auto entry = sources_.entries.next(cursor, "lease", spec_.name)) {
      if (entry->field[1] != spec_.name || entry->field[2] != interface) continue;
      std::string_view rest = entry->field[3];
      while (const auto address = next_address(rest)) {
        own_address(*address);
        any = true;
      }
    }
    return any;
  }

  void own_address(const Address& address) {
    format_address(address, text_);
    own_names();
  }

  void own_names() {
    const CString name = spec_.hostname.empty() ? spec_.name : spec_.hostname;
    if (!spec_.domainname.empty()) text_.add(' ', name, '.', spec_.domainname);
    text_.add(' ', name);
    for (const CString alias : spec_.network.aliases) text_.add(' ', alias);
    text_.add("\n");
  }

  void sibling(const Entry& entry) {
    std::string_view rest = entry.field[3];
    if (!is_given(rest)) return;
    for (std::string_view word = next_word(rest); !word.empty(); word = next_word(rest)) {
      text_.add(cut(word, '/'), ' ', is_given(entry.field[4]) ? entry.field[4] : entry.field[1], "\n");
    }
  }

  const NameSources& sources_;
  const Spec& spec_;
  TextWriter& text_;
};

// What follows `keyword` on its line; the keyword begins the line (resolv.conf(5)). Empty: another line.
std::string_view value_of(std::string_view line, std::string_view keyword) {
  if (!line.empty() && line.back() == '\r') line = leading(line, line.size() - 1);
  if (leading(line, keyword.size()) != keyword) return {};
  line = after(line, keyword.size());
  if (!begins_with(line, ' ') && !begins_with(line, '\t')) return {};
  return trim(line);
}

bool is_link_local(const Address& address) {
  return address.family == AF_INET6 && address.bytes[0] == 0xfe && (address.bytes[1] & 0xc0) == 0x80;
}

// Neither loopback nor "this host" (all zeros), also as IPv4 in IPv6: who asks there asks the host only in its network.
bool is_beyond_the_host(const Address& address) {
  if (address.family == AF_INET) return address.bytes[0] != 127 && address.bytes[0] != 0;
  if (is_link_local(address)) return false;  // it would need an interface of the host
  for (unsigned at = 0; at < 10; ++at) {
    if (address.bytes[at] != 0) return true;
  }
  const bool mapped = address.bytes[10] == 0xff && address.bytes[11] == 0xff;
  return mapped && address.bytes[12] != 127 && address.bytes[12] != 0;
}

class ResolverText {
 public:
  ResolverText(const NameSources& sources, TextWriter& text)
      : sources_(sources), network_(sources.spec.network), text_(text) {}

  bool write() {
    if (!network_.dns.empty()) {
      for (const Address& server : network_.dns) add_server(server);
      add_search();
      return true;
    }
    add_offered();
    add_servers_of(sources_.resolver);
    if (servers_ == 0) add_servers_of(sources_.upstream);
    const bool found = servers_ != 0;
    if (!found && !shares_host_network(sources_.spec)) add_gateways();
    add_search();
    add_options();
    return found;
  }

 private:
  void add_server(const Address& server) {
    if (servers_++ >= limits::name_servers) return;
    text_.add("nameserver ");
    format_address(server, text_);
    text_.add("\n");
  }

  // What a DHCP server has offered.
  void add_offered() {
    std::size_t cursor = 0;
    while (const auto entry = sources_.entries.next(cursor, "server")) {
      if (entry->field[0] != owner_of_network(sources_.spec)) continue;
      std::string_view rest = entry->field[1];
      while (const auto address = next_address(rest)) add_server(*address);
      if (search_.empty() && is_given(entry->field[2])) search_ = entry->field[2];
    }
  }

  void add_servers_of(std::string_view file) {
    while (!file.empty()) {
      std::string_view value = value_of(cut(file, '\n'), "nameserver");
      add_server_text(next_word(value));
    }
  }

  void add_server_text(std::string_view word) {
    std::string_view zone = word;
    const auto address = parse_address(cut(zone, '%'));
    if (!address) return;
    const bool as_the_host = shares_host_network(sources_.spec);
    if (!as_the_host && (contains(word, '%') || !is_beyond_the_host(*address))) return;
    if (servers_++ < limits::name_servers) text_.add("nameserver ", word, "\n");
  }

  void add_gateways() {
    const auto& interfaces = network_.interfaces;
    auto gateways = sources_.gateways;
    if (gateways.empty() && !interfaces.empty()) gateways = interfaces[0].gateways.view();
    for (const Address& gateway : gateways) {
      if (is_beyond_the_host(gateway)) add_server(gateway);
    }
  }

  // The last of such lines counts; `domain` is an older `search` of one domain.
  std::string_view search_of_host() const {
    std::string_view found;
    std::string_view rest = network_.dns.empty() ? sources_.resolver : std::string_view();
    while (!rest.empty()) {
      const std::string_view line = cut(rest, '\n');
      std::string_view value = value_of(line, "search");
      if (value.empty()) value = value_of(line, "domain");
      if (!value.empty()) found = value;
    }
    return found;
  }

  void add_search() {
    if (!network_.dns_search.empty()) {
      text_.add("search");
      for (const CString domain : network_.dns_search) text_.add(' ', domain);
      text_.add("\n");
      return;
    }
    if (search_.empty()) search_ = search_of_host();
    if (!search_.empty()) text_.add("search ", search_, "\n");
  }

  void add_options() {
    std::string_view rest = sources_.resolver;
    while (!rest.empty()) {
      const std::string_view value = value_of(cut(rest, '\n'), "options");
      if (!value.empty()) text_.add("options ", value, "\n");
    }
  }

  const NameSources& sources_;
  const Network& network_;
  TextWriter& text_;
  std::size_t servers_ = 0;
  std::string_view search_;
};

}  // namespace

void write_hosts(const NameSources& sources, TextWriter& text) {
  HostsText hosts(sources, text);
  hosts.base();
  hosts.own();
  hosts.added();
  hosts.siblings();
}

bool write_resolver(const NameSources& sources, TextWriter& text) { return ResolverText(sources, text).write(); }

unsigned followed_by_names(const Spec& spec) {
  const std::uint64_t files = name_files_of(spec);
  unsigned followed = 0;
  for (const Interface& interface : spec.network.interfaces) {
    const bool shared = interface.mode == NetworkMode::bridge || interface.mode == NetworkMode::container;
    if (shared && (files & names_hosts) != 0) followed |= follows_register;
    if ((shared || interface.dhcp) && (files & names_resolver) != 0) followed |= follows_register;
  }
  if ((files & names_resolver) != 0 && spec.network.dns.empty()) followed |= follows_resolver;
  return followed;
}

std::uint64_t hash_names(std::string_view text) {
  std::uint64_t value = 0xcbf29ce484222325;
  for (const char character : text) value = (value ^ static_cast<unsigned char>(character)) * 0x100000001b3;
  return value == 0 ? 1 : value;
}

}  // namespace microctr

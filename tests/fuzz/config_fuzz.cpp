// Fuzz target: any text through reader and validate. Nothing may crash, and a fault must have a message.
//
// The first byte chooses what the text is: a container's file, the defaults, an option, or all three.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "launcher/spec/address.h"
#include "launcher/spec/network_mode.h"
#include "launcher/spec/reader.h"
#include "launcher/spec/validate.h"

namespace {

using namespace microctr;

void require(bool condition) {
  if (!condition) std::abort();
}

bool is_word(CString word, std::size_t longest) {
  return !word.empty() && word.size() <= longest && word.view().find_first_of("/ :\t") == std::string_view::npos;
}

void examine(const Interface& interface) {
  require(is_word(interface.name, 15));
  const bool makes_one = makes_interface(interface.mode);
  const bool has_keys = !interface.addresses.empty() || interface.dhcp || !interface.gateways.empty() ||
                        interface.mac || interface.mtu != 0 || interface.nat || !interface.subnets.empty();
  require(makes_one || !has_keys);
  require(interface.mode == NetworkMode::bridge || (interface.bridge.empty() && interface.subnets.empty()));
  const bool needs_peer = interface.mode == NetworkMode::macvlan || interface.mode == NetworkMode::ipvlan ||
                          interface.mode == NetworkMode::interface;
  if (needs_peer) require(is_word(interface.peer, 15));
  if (interface.mode == NetworkMode::container) require(is_word(interface.peer, limits::name));
  if (interface.mode == NetworkMode::veth) require(!interface.addresses.empty() && !interface.dhcp);
  for (const Address& address : interface.addresses) {
    require(address.prefix > 0 && address.prefix <= address_bits(address) && is_usable_address(address));
    require(!interface.dhcp || address_bits(address) == 128);
  }
  for (const Address& subnet : interface.subnets) require(subnet.prefix >= 8 && subnet.prefix <= 126);
  if (interface.gateways.size() == 2) require(interface.gateways[0].family != interface.gateways[1].family);
  if (interface.subnets.size() == 2) require(interface.subnets[0].family != interface.subnets[1].family);
  require(interface.mtu == 0 || (interface.mtu >= 68 && interface.mtu <= 65'535));
  if (interface.mac) require((interface.mac->bytes[0] & 1) == 0);
}

void examine(const Network& network) {
  for (std::size_t number = 0; number < network.interfaces.size(); ++number) {
    examine(network.interfaces[number]);
    if (number == 0) continue;
    require(network.interfaces[number].name != "eth0" && makes_interface(network.interfaces[number].mode));
    require(network.mode() != NetworkMode::host && network.mode() != NetworkMode::container);
  }
  std::size_t ports = 0;
  for (const Publish& publish : network.publish) {
    require(publish.host_port > 0 && publish.inside_port > 0 && publish.count > 0);
    require(publish.host_port + publish.count <= 65'536 && publish.inside_port + publish.count <= 65'536);
    ports += publish.count;
  }
  require(ports <= limits::ports);
  for (const CString domain : network.dns_search) require(is_word(domain, 253));
  for (const HostName& host : network.hosts) require(is_word(host.name, 253) && host.address.family != 0);
  for (const CString alias : network.aliases) require(is_word(alias, 253));
}

void examine_isolation(const Spec& spec) {
  for (const DeviceLine& device : spec.devices) {
    const std::string_view source = device.source;
    require(source.starts_with('/') && (device.read || device.write || device.make));
    require(device.target.empty() || device.target.view().starts_with('/'));
    require(device.target.empty() || source.find_first_of("*?[") == std::string_view::npos);
  }
  const bool is_mapped = spec.user_namespace == UserNamespace::map;
  require(is_mapped == !spec.user_map.empty() && (is_mapped || spec.group_map.empty()));
  for (const IdRange& range : spec.user_map) {
    require(range.count > 0 && range.inside + (range.count - 1) < UINT32_MAX);
    require(range.inside + (range.count - 1) >= range.inside && range.outside + (range.count - 1) >= range.outside);
  }
  require(spec.id_pool.last == 0 || (spec.id_pool.first > 0 && spec.id_pool.last - spec.id_pool.first >= 65'535));
  require((spec.seccomp == SeccompPolicy::file) == !spec.seccomp_file.empty());
  for (const Sysctl& setting : spec.sysctls) {
    const std::string_view path = setting.path;
    require(path.starts_with("net/") || path.starts_with("kernel/") || path.starts_with("fs/mqueue/"));
    require(path.find("/../") == std::string_view::npos && !path.ends_with("/.."));
    require(!setting.value.empty());
  }
  std::uint32_t resources = 0;
  for (const Ulimit& limit : spec.ulimits) {
    require(limit.soft <= limit.hard && (resources >> limit.resource & 1) == 0);
    resources |= 1U << limit.resource;
  }
  if (spec.oom_score_adj) require(*spec.oom_score_adj >= -1000 && *spec.oom_score_adj <= 1000);
}

// What a planner may rely on.
void examine(const Spec& spec) {
  require(!spec.name.empty() && spec.name.size() <= limits::name &&
          spec.name.view().find('/') == std::string_view::npos);
  require(!spec.command.empty() && !spec.command[0].empty());
  require(spec.layers.empty() != spec.rootfs.empty());
  for (const CString word : spec.command) require(word.c_str()[word.size()] == '\0');
  for (const Volume& volume : spec.volumes) require(volume.target.view().starts_with('/'));
  for (const TmpfsMount& mount : spec.tmpfs) require(mount.target.view().starts_with('/') && mount.size > 0);
  examine_isolation(spec);
  examine(spec.network);
  for (const CString variable : spec.environment) require(variable.view().find('=') != std::string_view::npos);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static char storage[128 * 1024];
  if (size == 0) return 0;
  const unsigned kind = data[0] % 4;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);

  Arena option_arena(storage);
  const auto option = option_arena.copy(text.substr(0, text.find('\0')));
  const std::size_t used = option_arena.used();
  Arena arena(std::span<char>(storage).subspan(used));
  const CString options[] = {option ? option.value() : CString()};

  static Spec spec;
  spec = Spec{};
  Origins origins;
  Diagnostics diagnostics;
  ConfigSources sources;
  sources.defaults = {"defaults.conf", kind == 1 || kind == 3 ? text : std::string_view()};
  sources.file = {"web.conf", kind == 0 || kind == 3 ? text : "command = a\nlayer = b\n"};
  sources.directory = "/etc/microctr/containers";
  sources.name = "web";
  if (kind >= 2) sources.overrides = options;
  read_spec(sources, arena, spec, origins, diagnostics);
  if (diagnostics.empty()) {
    const auto valid = validate(spec, origins, diagnostics);
    require(valid.has_value() == diagnostics.empty());
    if (valid) examine(spec);
  }
  require(diagnostics.empty() == diagnostics.list().empty());
  for (const Diagnostic& diagnostic : diagnostics.list()) {
    TextBuffer<1024> line;
    format_diagnostic(diagnostic, line);
    require(!diagnostic.text.empty() && !line.overflowed());
    for (const char character : line.view()) require(static_cast<unsigned char>(character) >= ' ');
  }
  return 0;
}

#include "launcher/spec/reader.h"

#include "launcher/spec/key.h"
#include "launcher/spec/lexer.h"
#include "launcher/spec/setting.h"
#include "launcher/spec/written_key.h"

namespace microctr {
namespace {

enum class SourceKind : std::uint8_t { defaults, file, option };

struct Reading {
  Arena& arena;
  Spec& spec;
  Origins& origins;
  Diagnostics& diagnostics;
  CString directory;  // that of the container's own file
};

struct Source {
  SourceKind kind;
  CString name;  // for messages
};

// An option has no lines, so that its places have neither line nor column.
Location place_of(const Source& source, const Line& line, std::uint32_t column) {
  if (source.kind == SourceKind::option) return {source.name, 0, 0};
  return {source.name, line.number, column};
}

enum class ListUse : std::uint8_t { count, clear };

template <typename T, std::size_t N>
std::size_t use_list(FixedVector<T, N>& list, ListUse use) {
  if (use == ListUse::clear) list.clear();
  return list.size();
}

// How many entries the list of `key` has; with ListUse::clear it is emptied first. 0 for a list whose entries have no
// places of their own.
std::size_t use_list(Spec& spec, KeyAt key, ListUse use) {
  Network& network = spec.network;
  Interface& interface = network.interfaces[key.interface];
  switch (key.key) {
    case Key::groups: return use_list(spec.groups, use);
    case Key::env: return use_list(spec.environment, use);
    case Key::env_file: return use_list(spec.environment_files, use);
    case Key::layer: return use_list(spec.layers, use);
    case Key::volume: return use_list(spec.volumes, use);
    case Key::tmpfs: return use_list(spec.tmpfs, use);
    case Key::bridge_subnet: return use_list(interface.subnets, use);
    case Key::gateway: return use_list(interface.gateways, use);
    case Key::device: return use_list(spec.devices, use);
    case Key::user_map: return use_list(spec.user_map, use);
    case Key::group_map: return use_list(spec.group_map, use);
    case Key::sysctl: return use_list(spec.sysctls, use);
    case Key::ulimit: return use_list(spec.ulimits, use);
    case Key::masked_path:
      if (use == ListUse::clear) spec.default_masks = false;
      return use_list(spec.masked_paths, use);
    case Key::readonly_path:
      if (use == ListUse::clear) spec.default_read_only_paths = false;
      return use_list(spec.read_only_paths, use);
    case Key::publish: return use_list(network.publish, use);
    case Key::dns: return use_list(network.dns, use);
    case Key::dns_search: return use_list(network.dns_search, use);
    case Key::add_host: return use_list(network.hosts, use);
    case Key::network_alias: return use_list(network.aliases, use);
    case Key::after: return use_list(spec.supervision.after, use);
    case Key::requires_: return use_list(spec.supervision.requires_, use);
    case Key::wait_path: return use_list(spec.supervision.wait_paths, use);
    case Key::ip:
      if (use == ListUse::clear) interface.dhcp = false;
      return use_list(interface.addresses, use);
    default: break;
  }
  if (use == ListUse::count) return 0;
  if (key.key == Key::cap_add) spec.capabilities_added = 0;
  if (key.key == Key::cap_drop) spec.capabilities_dropped = 0;
  return 0;
}

void read_value(Group group, const Setting& setting) {
  switch (group) {
    case Group::identity: return read_identity(setting);
    case Group::process: return read_process(setting);
    case Group::root: return read_root(setting);
    case Group::namespaces: return read_namespaces(setting);
    case Group::resources: return read_resources(setting);
    case Group::required: return read_required(setting);
    case Group::security: return read_security(setting);
    case Group::network: return read_network(setting);
    case Group::supervision: return read_supervision(setting);
    case Group::logs: return read_logs(setting);
  }
}

// The number of the interface with this name, which is made when this is the first that is heard of it. The first place
// is kept for eth0.
std::optional<std::size_t> number_of_interface(const Reading& reading, std::string_view name, const Location& where) {
  static_assert(limits::interfaces == 8, "the message below names it");
  auto& interfaces = reading.spec.network.interfaces;
  if (interfaces.empty()) (void)interfaces.push(Interface());
  for (std::size_t number = 0; number < interfaces.size(); ++number) {
    if (interfaces[number].name == name) return number;
  }
  Interface interface;
  const auto kept = reading.arena.copy(name);
  if (kept) interface.name = kept.value();
  if (kept && interfaces.push(interface)) return interfaces.size() - 1;
  reading.diagnostics.report(where, "too many interfaces (limit 8 with eth0)"_p);
  return {};
}

// An interface of which no key has a value is none.
void remove_unset_interfaces(Spec& spec, Origins& origins) {
  auto& interfaces = spec.network.interfaces;
  for (std::size_t number = interfaces.size(); number-- > 0;) {
    bool is_set = false;
    for (auto key = static_cast<std::size_t>(Key::network); key <= static_cast<std::size_t>(Key::nat); ++key) {
      is_set = is_set || origins.is_set({static_cast<Key>(key), number});
    }
    if (is_set) continue;
    for (std::size_t next = number + 1; next < interfaces.size(); ++next) interfaces[next - 1] = interfaces[next];
    interfaces.shrink(interfaces.size() - 1);
    origins.remove_interface(number);
  }
}

bool may_stand_here(const Reading& reading, const KeyInfo& info, KeyAt key, CString name, const Source& source,
                    const Location& where) {
  if (info.key == Key::name && source.kind == SourceKind::defaults) {
    reading.diagnostics.report(where, "key 'name' cannot be in the defaults (every container needs its own)"_p);
    return false;
  }
  if (info.repeat == Repeat::list || !reading.origins.is_in_current_source(key)) return true;
  TextBuffer<128> first;
  format_location(reading.origins.of(key), first);
  reading.diagnostics.report(where, "key '@' is given twice (first at &; keep one)"_p, name, first.view());
  return false;
}

void read_assignment(Reading& reading, const Source& source, const Line& line) {
  const Location key_place = place_of(source, line, line.column);
  const auto written = resolve_key(line.key, key_place, reading.diagnostics);
  if (!written) return;
  KeyAt key = written->key;
  if (is_interface_key(key.key)) {
    const auto number = number_of_interface(reading, written->interface, key_place);
    if (!number) return;
    key = {key.key, *number};
  }
  const KeyInfo info = key_info(key.key);
  TextBuffer<64> name;
  write_key_name(key.key, written->interface, name);
  if (!may_stand_here(reading, info, key, name.text(), source, key_place)) return;

  const Location value_place = place_of(source, line, line.value_column);
  const bool is_empty = line.value.empty();
  if (is_empty && info.repeat == Repeat::list) {
    (void)use_list(reading.spec, key, ListUse::clear);
    return reading.origins.forget(key, value_place);
  }
  // An empty list of namespaces means none of them, not the default.
  const bool is_default = is_empty && key.key != Key::namespaces;
  const std::size_t before = use_list(reading.spec, key, ListUse::count);
  std::size_t entry = before;
  read_value(info.group, {key.key, key.interface, name.text(), is_default ? info.initial.view() : line.value,
                          value_place, source.kind == SourceKind::file ? reading.directory : CString(), reading.arena,
                          reading.spec, reading.diagnostics, entry});
  if (is_default) return reading.origins.forget(key, value_place);
  reading.origins.note(key, value_place);
  const std::size_t count = use_list(reading.spec, key, ListUse::count);
  if (count > entry) reading.origins.note_entry(key, entry, value_place);
  for (entry = before + 1; entry < count; ++entry) reading.origins.note_entry(key, entry, value_place);
}

void report_fault(const Reading& reading, const Source& source, const Line& line) {
  const Location where = place_of(source, line, line.column);
  std::string_view content = line.key;
  const std::string_view first_word = next_item(content);
  const auto key = find_key(first_word);
  if (key && !content.empty()) {
    reading.diagnostics.report(where, "no '=' in the line (write @ = &)"_p, key_name(*key), trim(content));
  } else {
    reading.diagnostics.report(where, line.fault);
  }
}

void read_text(Reading& reading, const ConfigText& text, SourceKind kind) {
  const Source source{kind, text.source};
  reading.origins.begin_source(text.source);
  static_assert(limits::config_text == 32 * 1024, "the message below names it");
  if (text.text.size() > limits::config_text) {
    return reading.diagnostics.report({text.source, 0, 0}, "the file is too large (limit 32768 bytes)"_p);
  }
  Lexer lexer(text.text);
  for (Line line = lexer.next(); line.kind != Line::Kind::end; line = lexer.next()) {
    if (line.kind == Line::Kind::fault) {
      report_fault(reading, source, line);
    } else {
      read_assignment(reading, source, line);
    }
  }
}

void read_option(Reading& reading, CString option) {
  const std::string_view begin = shown(option);
  const auto name = reading.arena.join("-o ", begin, begin.size() < option.size() ? "..." : "");
  const Source source{SourceKind::option, name ? name.value() : CString("-o")};
  reading.origins.begin_source(source.name);
  const Line line = read_line(option, 1);
  if (line.kind == Line::Kind::assignment) return read_assignment(reading, source, line);
  if (line.kind == Line::Kind::fault) return report_fault(reading, source, line);
  reading.diagnostics.report({source.name, 0, 0}, "nothing is set (write -o key=value)"_p);
}

}  // namespace

void read_spec(const ConfigSources& sources, Arena& arena, Spec& spec, Origins& origins, Diagnostics& diagnostics) {
  static_assert(limits::overrides == 32, "the message below names it");
  Reading reading{arena, spec, origins, diagnostics, sources.directory};
  origins.set_main_source(sources.file.source);
  if (!sources.defaults.text.empty()) read_text(reading, sources.defaults, SourceKind::defaults);
  read_text(reading, sources.file, SourceKind::file);
  if (sources.overrides.size() > limits::overrides) {
    return diagnostics.report(origins.file(), "too many -o options (limit 32)"_p);
  }
  for (const CString option : sources.overrides) read_option(reading, option);
  remove_unset_interfaces(spec, origins);
  if (!spec.name.empty()) return;
  if (const auto name = arena.copy(sources.name)) spec.name = name.value();
}

}  // namespace microctr

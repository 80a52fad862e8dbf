#include "launcher/spec/reader.h"

#include "launcher/spec/key.h"
#include "launcher/spec/lexer.h"
#include "launcher/spec/setting.h"

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

std::size_t list_size(const Spec& spec, Key key) {
  switch (key) {
    case Key::layer: return spec.layers.size();
    case Key::volume: return spec.volumes.size();
    case Key::tmpfs: return spec.tmpfs.size();
    case Key::ip: return spec.network.interfaces.empty() ? 0 : spec.network.interfaces[0].addresses.size();
    default: return 0;
  }
}

void clear_list(Spec& spec, Key key) {
  switch (key) {
    case Key::groups: return spec.groups.clear();
    case Key::env: return spec.environment.clear();
    case Key::env_file: return spec.environment_files.clear();
    case Key::layer: return spec.layers.clear();
    case Key::volume: return spec.volumes.clear();
    case Key::tmpfs: return spec.tmpfs.clear();
    case Key::ip:
      if (!spec.network.interfaces.empty()) spec.network.interfaces[0].addresses.clear();
      return;
    case Key::cap_add: spec.capabilities_added = 0; return;
    case Key::cap_drop: spec.capabilities_dropped = 0; return;
    default: return;
  }
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

// The key of the line, or nothing after it was reported why not.
std::optional<Key> resolve_key(const Reading& reading, const Line& line, const Location& where) {
  const std::string_view written = line.key;
  const auto key = find_key(written);
  if ((key && key_info(*key).support == Support::later) || (!key && is_known_form(written))) {
    reading.diagnostics.report(where, "key '@' is not supported yet"_p, written);
    return {};
  }
  if (key) return key;
  constexpr std::string_view suffix = ".required";
  if (written.ends_with(suffix) && find_key(leading(written, written.size() - suffix.size()))) {
    reading.diagnostics.report(where, "unknown key '@' (only resource limits have '.required')"_p, written);
    return {};
  }
  const CString nearest = nearest_key(written);
  if (nearest.empty()) {
    reading.diagnostics.report(where, "unknown key '@' (microctr help keys lists all)"_p, written);
  } else {
    reading.diagnostics.report(where, "unknown key '@' (did you mean '&'?)"_p, written, nearest);
  }
  return {};
}

bool may_stand_here(const Reading& reading, const KeyInfo& info, const Source& source, const Location& where) {
  if (info.key == Key::name && source.kind == SourceKind::defaults) {
    reading.diagnostics.report(where, "key 'name' cannot be in the defaults (every container needs its own)"_p);
    return false;
  }
  if (info.repeat == Repeat::list || !reading.origins.is_in_current_source(info.key)) return true;
  TextBuffer<128> first;
  format_location(reading.origins.of(info.key), first);
  reading.diagnostics.report(where, "key '@' is given twice (first at &; keep one)"_p, info.name, first.view());
  return false;
}

void read_assignment(Reading& reading, const Source& source, const Line& line) {
  const Location key_place = place_of(source, line, line.column);
  const auto key = resolve_key(reading, line, key_place);
  if (!key) return;
  const KeyInfo info = key_info(*key);
  if (!may_stand_here(reading, info, source, key_place)) return;

  const Location value_place = place_of(source, line, line.value_column);
  const bool is_empty = line.value.empty();
  if (is_empty && info.repeat == Repeat::list) {
    clear_list(reading.spec, *key);
    return reading.origins.forget(*key, value_place);
  }
  // An empty list of namespaces means none of them, not the default.
  const bool is_default = is_empty && *key != Key::namespaces;
  const std::size_t size_before = list_size(reading.spec, *key);
  read_value(info.group, {*key, is_default ? info.initial.view() : line.value, value_place,
                          source.kind == SourceKind::file ? reading.directory : CString(), reading.arena, reading.spec,
                          reading.diagnostics});
  if (is_default) return reading.origins.forget(*key, value_place);
  reading.origins.note(*key, value_place);
  if (list_size(reading.spec, *key) > size_before) reading.origins.note_entry(*key, size_before, value_place);
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
  if (!spec.name.empty()) return;
  if (const auto name = arena.copy(sources.name)) spec.name = name.value();
}

}  // namespace microctr

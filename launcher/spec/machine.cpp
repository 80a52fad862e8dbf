#include "launcher/spec/machine.h"

#include "launcher/spec/lexer.h"
#include "launcher/spec/link_name.h"
#include "launcher/spec/number.h"
#include "launcher/spec/path_text.h"
#include "launcher/spec/sysctl_path.h"
#include "launcher/spec/word_list.h"

namespace microctr {
namespace {

// The order is that of the words.
enum class MachineKey : std::uint8_t {
  hostname,
  module,
  mount,
  sysctl,
  console,
  interface,
  clock,
  watchdog,
  shutdown_timeout,
  on_crash,
  ready_command,
};
constexpr char key_words[] =
    "hostname module mount sysctl console interface clock watchdog shutdown_timeout on_crash ready_command";
constexpr bool is_list(MachineKey key) { return key >= MachineKey::module && key <= MachineKey::interface; }

class MachineReader {
 public:
  MachineReader(CString source, Arena& arena, Machine& machine, Diagnostics& diagnostics)
      : source_(source), arena_(arena), machine_(machine), diagnostics_(diagnostics) {}

  void read(std::string_view text) {
    Lexer lexer(text);
    for (line_ = lexer.next(); line_.kind != Line::Kind::end; line_ = lexer.next()) {
      if (line_.kind == Line::Kind::fault)
        diagnostics_.report({source_, line_.number, line_.column}, line_.fault);
      else
        assign();
    }
  }

 private:
  // At `part`, a view into the value.
  void fault(std::string_view part, Phrase pattern, std::string_view more = {}) {
    const std::size_t offset = part.empty() ? 0 : static_cast<std::size_t>(part.data() - line_.value.data());
    diagnostics_.report_key(name_.text(),
                            {source_, line_.number, line_.value_column + static_cast<std::uint32_t>(offset)}, pattern,
                            part, more);
    good_ = false;
  }

  CString keep(std::string_view text) {
    const auto kept = arena_.copy(text);
    if (kept) return kept.value();
    fault(line_.value, "too much text in this file (limit 8192 bytes)"_p);
    return {};
  }

  template <typename List, typename Entry>
  void add(List& list, const Entry& entry) {
    if (!good_ || list.push(entry)) return;
    TextBuffer<24> limit(list.capacity());
    fault(line_.value, "too many lines (limit &)"_p, limit.view());
  }

  std::string_view absolute(std::string_view path) {
    if (is_absolute(path) && !climbs(path)) return path;
    fault(path, "'@' is not an absolute path (write /..., without ..)"_p);
    return {};
  }

  std::uint64_t time(std::string_view word, std::uint64_t least, std::uint64_t most, Phrase range) {
    const ParsedNumber number = parse_time(word);
    if (number.fault == NumberFault::none && number.value >= least && number.value <= most) return number.value;
    TextBuffer<64> shown_range(range);
    fault(word, "'@' is not a time that can be (write &)"_p, shown_range.view());
    return least;
  }

  void assign();
  void clear(MachineKey key);
  void read_value(MachineKey key);
  void read_module();
  void read_mount();
  void read_sysctl();
  void read_console();
  void read_interface();
  void read_watchdog();
  void read_command();
  void refuse_rest(std::string_view rest) {
    rest = trim(rest);
    if (!rest.empty()) fault(rest, "'@' is one word too many"_p);
  }

  CString source_;
  Arena& arena_;
  Machine& machine_;
  Diagnostics& diagnostics_;
  Line line_;
  TextBuffer<32> name_;
  bool good_ = true;
  std::uint32_t first_line_[11] = {};  // that gave the key; 0: none
};

void MachineReader::assign() {
  name_.clear();
  for (const char character : line_.key) name_.add(character == '-' ? '_' : character);
  const auto found = find_word(key_words, name_.view());
  const Location where = {source_, line_.number, line_.column};
  if (!found) {
    const std::string_view nearest = nearest_word(key_words, line_.key);
    if (!nearest.empty())
      return diagnostics_.report(where, "unknown key '@' (did you mean '&'?)"_p, line_.key, nearest);
    return diagnostics_.report(where, "unknown key '@' (docs/machine.md lists all)"_p, line_.key);
  }
  const auto key = static_cast<MachineKey>(*found);
  if (!is_list(key)) {
    if (first_line_[*found] != 0) {
      TextBuffer<12> first(first_line_[*found]);
      return diagnostics_.report(where, "key '@' is given twice (first in line &; keep one)"_p, name_.view(),
                                 first.view());
    }
    first_line_[*found] = line_.number;
  }
  good_ = true;
  if (line_.value.empty())
    clear(key);
  else
    read_value(key);
  if (good_) ++machine_.keys_read;
}

void MachineReader::clear(MachineKey key) {
  const Machine initial;
  switch (key) {
    case MachineKey::hostname: machine_.hostname = {}; return;
    case MachineKey::module: return machine_.modules.clear();
    case MachineKey::mount: return machine_.mounts.clear();
    case MachineKey::sysctl: return machine_.sysctls.clear();
    case MachineKey::console: return machine_.consoles.clear();
    case MachineKey::interface: return machine_.interfaces.clear();
    case MachineKey::clock: machine_.clock = {}; return;
    case MachineKey::watchdog: machine_.watchdog = {}; return;
    case MachineKey::shutdown_timeout: machine_.shutdown_timeout_ms = initial.shutdown_timeout_ms; return;
    case MachineKey::on_crash: machine_.on_crash = initial.on_crash; return;
    case MachineKey::ready_command: return machine_.ready_command.clear();
  }
}

void MachineReader::read_value(MachineKey key) {
  const std::string_view value = line_.value;
  switch (key) {
    case MachineKey::hostname:
      if (!is_host_name(value, 64, "-")) return fault(value, "'@' is not a host name (RFC 1123, at most 64)"_p);
      machine_.hostname = keep(value);
      return;
    case MachineKey::module: return read_module();
    case MachineKey::mount: return read_mount();
    case MachineKey::sysctl: return read_sysctl();
    case MachineKey::console: return read_console();
    case MachineKey::interface: return read_interface();
    case MachineKey::clock:
      if (const std::string_view path = absolute(value); good_) machine_.clock = keep(path);
      return;
    case MachineKey::watchdog: return read_watchdog();
    case MachineKey::shutdown_timeout: {
      const std::uint64_t limit = time(value, 2'000, 3'600'000, "2s to 1h");
      if (good_) machine_.shutdown_timeout_ms = limit;
      return;
    }
    case MachineKey::on_crash: {
      const auto action = find_word("reboot hold", value);
      if (!action) return fault(value, "'@' is not known (write reboot or hold)"_p);
      machine_.on_crash = static_cast<CrashAction>(*action);
      return;
    }
    case MachineKey::ready_command: return read_command();
  }
}

void MachineReader::read_module() {
  std::string_view words = line_.value;
  const bool optional = begins_with(words, '-');
  if (optional) words = trim(after(words, 1));
  if (words.empty() || begins_with(words, '-')) return fault(line_.value, "'@' names no module"_p);
  const CString kept = keep(words);
  add(machine_.modules, ModuleLine{kept, optional});
}

void MachineReader::read_mount() {
  std::string_view rest = line_.value;
  std::string_view source = next_word(rest);
  const std::string_view target = next_word(rest);
  const std::string_view type = next_word(rest);
  std::string_view options = next_word(rest);
  std::string_view last = next_word(rest);
  if (type.empty()) return fault(line_.value, "too few words (write SOURCE TARGET TYPE [OPTIONS] [check])"_p);
  HostMount line;
  line.optional = begins_with(source, '-');
  if (line.optional) source = after(source, 1);
  if (source.starts_with("LABEL=") || source.starts_with("UUID=") || source.starts_with("PARTUUID=")) {
    return fault(source, "'@' is not supported (write the device: /dev/...)"_p);
  }
  if (options == "check" && last.empty()) std::swap(options, last);
  line.check = last == "check";
  if (!last.empty() && !line.check) return fault(last, "'@' is not known here (write check, or nothing)"_p);
  refuse_rest(rest);
  if (line.check && type == "auto") fault(last, "'@' needs a TYPE other than auto (fsck.TYPE is what runs)"_p);
  for (std::string_view words = options; !words.empty();) {
    const std::string_view word = cut(words, ',');
    if (word == "nofail") line.optional = true;
    if (word == "noauto") fault(word, "'@': the line would do nothing (leave it out)"_p);
  }
  (void)absolute(target);
  TextBuffer<512> data;
  line.flags = parse_mount_options(options, data);
  if (data.overflowed()) fault(options, "'@' is too long (limit 511 bytes)"_p);
  if (!good_) return;
  line.source = keep(source);
  line.target = keep(target);
  line.type = keep(type);
  line.data = keep(data.view());
  add(machine_.mounts, line);
}

void MachineReader::read_sysctl() {
  std::string_view value = line_.value;
  const std::string_view key = trim(cut(value, '='));
  value = trim(value);
  TextBuffer<256> path;
  write_sysctl_path(key, path);
  if (path.overflowed() || !is_sysctl_path(path.view())) {
    return fault(key, "'@' is not a setting's name (write it as below /proc/sys: net.ipv4.ip_forward)"_p);
  }
  if (value.empty()) return fault(key, "'@' has no value (write KEY=VALUE)"_p);
  const CString kept = keep(path.view());
  add(machine_.sysctls, MachineSysctl{kept, keep(value)});
}

void MachineReader::read_console() {
  std::string_view rest = line_.value;
  const std::string_view device = absolute(next_word(rest));
  const std::string_view word = next_word(rest);
  const auto use = find_word("none shell", word.empty() ? "shell" : word);
  if (!use) return fault(word, "'@' is not known (write shell or none)"_p);
  refuse_rest(rest);
  if (!good_) return;
  const CString kept = keep(device);
  add(machine_.consoles, ConsoleLine{kept, static_cast<ConsoleUse>(*use)});
}

void MachineReader::read_interface() {
  HostInterface interface;
  if (const auto wrong = parse_interface(line_.value, interface)) return fault(wrong->part, wrong->pattern);
  std::string_view rest = line_.value;
  const std::string_view name = next_word(rest);
  for (const HostInterface& other : machine_.interfaces) {
    if (other.name == name) return fault(name, "'@' has a line already (write all its addresses on one)"_p);
  }
  interface.text = keep(line_.value);
  interface.name = keep(name);
  add(machine_.interfaces, interface);
}

void MachineReader::read_watchdog() {
  std::string_view rest = line_.value;
  const std::string_view device = absolute(next_word(rest));
  const std::string_view word = next_word(rest);
  const std::uint64_t limit = word.empty() ? 10'000 : time(word, 2'000, 3'600'000, "2s to 1h");
  refuse_rest(rest);
  if (!good_) return;
  machine_.watchdog = keep(device);
  machine_.watchdog_ms = limit;
}

void MachineReader::read_command() {
  if (const auto wrong = split_words(line_.value, arena_, machine_.ready_command)) {
    machine_.ready_command.clear();
    fault(wrong->at, wrong->what);
  }
}

}  // namespace

void read_machine(const ConfigText& text, Arena& arena, Machine& machine, Diagnostics& diagnostics) {
  MachineReader(text.source, arena, machine, diagnostics).read(text.text);
}

}  // namespace microctr

#include "launcher/base/text.h"
#include "launcher/spec/command_words.h"
#include "launcher/spec/identity.h"
#include "launcher/spec/setting.h"

namespace microctr {
namespace {

void read_command(const Setting& setting) {
  CommandWords& words = setting.spec.command;
  if (const auto fault = split_words(setting.value, setting.arena, words)) {
    return setting.fault(fault->at, fault->what);
  }
  if (!words.empty() && words[0].empty()) setting.fault(setting.value, "the program's name is empty"_p);
}

std::optional<Identity> parse_identity(const Setting& setting, std::string_view part) {
  if (part.empty()) {
    setting.fault(part, "a name or number is missing"_p);
    return {};
  }
  Identity identity;
  if (part.find_first_not_of("0123456789") != std::string_view::npos) {
    const auto name = setting.keep(part);
    if (!name) return {};
    identity.name = *name;
    return identity;
  }
  const auto number = parse_id(part);
  if (!number) {
    setting.fault(part, "'@' is not a user's or group's number (0 to 4294967294)"_p);
    return {};
  }
  identity.number = *number;
  return identity;
}

void read_user(const Setting& setting) {
  Spec& spec = setting.spec;
  spec.user.reset();
  spec.group.reset();
  if (setting.value.empty()) return;
  std::string_view rest = setting.value;
  const bool has_group = contains(rest, ':');
  spec.user = parse_identity(setting, cut(rest, ':'));
  if (has_group) spec.group = parse_identity(setting, rest);
}

void read_groups(const Setting& setting) {
  std::string_view rest = setting.value;
  for (std::string_view item = next_item(rest); !item.empty(); item = next_item(rest)) {
    const auto identity = parse_identity(setting, item);
    if (!identity) return;
    if (!setting.spec.groups.push(*identity)) return setting.too_many(limits::groups);
  }
}

bool is_variable_name(std::string_view name) {
  if (name.empty() || (name.front() >= '0' && name.front() <= '9')) return false;
  return is_made_of(name, "_");
}

void read_variable(const Setting& setting) {
  const std::size_t sign = position(setting.value, '=');
  const std::string_view name = leading(setting.value, sign);
  if (sign == std::string_view::npos) {
    return setting.fault(name, "'@' has no value (write env = NAME=VALUE)"_p);
  }
  if (!is_variable_name(name)) {
    return setting.fault(name, "'@' is not a variable's name (letters, digits and _, no digit first)"_p);
  }
  const auto variable = setting.keep(setting.value);
  if (!variable) return;
  // getenv(3) finds the first, a shell takes the last: a name must be there once.
  for (CString& known : setting.spec.environment) {
    if (leading(known.view(), sign + 1) == leading(setting.value, sign + 1)) {
      known = *variable;
      return;
    }
  }
  if (!setting.spec.environment.push(*variable)) setting.too_many(limits::environment);
}

void read_environment_file(const Setting& setting) {
  const auto path = setting.host_path(setting.value);
  if (!path) return;
  const auto kept = path->optional ? setting.join({"-", path->path}) : path->path;
  if (kept && !setting.spec.environment_files.push(*kept)) setting.too_many(limits::environment);
}

void read_umask(const Setting& setting) {
  setting.spec.umask.reset();
  if (!setting.value.empty()) setting.spec.umask = setting.octal(setting.value, 0777);
}

void keep_text(const Setting& setting, CString& field) {
  if (const auto text = setting.keep(setting.value)) field = *text;
}

}  // namespace

void read_identity(const Setting& setting) {
  Spec& spec = setting.spec;
  if (setting.key == Key::name) return keep_text(setting, spec.name);
  if (setting.key == Key::description) return keep_text(setting, spec.description);
  if (setting.key == Key::hostname) return keep_text(setting, spec.hostname);
  keep_text(setting, spec.domainname);
}

void read_process(const Setting& setting) {
  switch (setting.key) {
    case Key::command: return read_command(setting);
    case Key::workdir: return keep_text(setting, setting.spec.workdir);
    case Key::user: return read_user(setting);
    case Key::groups: return read_groups(setting);
    case Key::env: return read_variable(setting);
    case Key::env_file: return read_environment_file(setting);
    case Key::umask: return read_umask(setting);
    case Key::tty: setting.spec.terminal = setting.yes_or_no(setting.value).value_or(false); return;
    case Key::init: setting.spec.init = setting.yes_or_no(setting.value).value_or(false); return;
    default: return;
  }
}

}  // namespace microctr

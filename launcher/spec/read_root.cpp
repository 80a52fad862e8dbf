#include "launcher/base/text.h"
#include "launcher/spec/path_text.h"
#include "launcher/spec/setting.h"
#include "launcher/spec/word_list.h"

namespace microctr {
namespace {

constexpr bool has_slash(std::string_view text) { return contains(text, '/'); }

// A path that begins like one, or a store's name otherwise: `is_name` tells which.
std::optional<HostPath> read_path_or_name(const Setting& setting, std::string_view part, bool& is_name) {
  std::string_view text = part;
  if (begins_with(text, '-')) text.remove_prefix(1);
  is_name = !has_slash(text) && text != "." && text != "..";
  if (!is_name) return setting.host_path(part);
  if (!is_plain_name(text) || text.size() > limits::name) {
    setting.fault(part,
                  "'@' is neither a path nor a name (a path begins with / , ./ or ../; a name has letters, digits, "
                  "'.', '_' and '-')"_p);
    return {};
  }
  const auto name = setting.keep(text);
  if (!name) return {};
  return HostPath{*name, text.size() != part.size()};
}

void read_layer(const Setting& setting) {
  Layer layer;
  const auto path = read_path_or_name(setting, setting.value, layer.in_store);
  if (!path) return;
  layer.name = path->path;
  layer.optional = path->optional;
  if (!setting.spec.layers.push(layer)) setting.too_many(limits::layers);
}

void read_rootfs(const Setting& setting) {
  setting.spec.rootfs = {};
  if (setting.value.empty()) return;
  const auto path = setting.host_path(setting.value);
  if (!path) return;
  if (path->optional) {
    setting.fault(setting.value,
                  "@ cannot be optional: without its root there is no container; remove the leading '-'"_p);
    return;
  }
  setting.spec.rootfs = path->path;
}

void read_upper(const Setting& setting) {
  Spec& spec = setting.spec;
  spec.upper = UpperKind::tmpfs;
  spec.upper_path = {};
  spec.upper_size.reset();
  if (has_slash(setting.value)) {
    const auto path = setting.needed_path(setting.value);
    if (!path) return;
    spec.upper = UpperKind::path;
    spec.upper_path = *path;
    return;
  }
  std::string_view size = setting.value;
  const std::string_view word = cut(size, ':');
  const auto kind = setting.choice(word, "tmpfs persistent none");
  if (!kind) return;
  constexpr UpperKind kinds[] = {UpperKind::tmpfs, UpperKind::persistent, UpperKind::none};
  spec.upper = kinds[*kind];
  if (word.size() == setting.value.size()) return;
  if (spec.upper != UpperKind::tmpfs) {
    return setting.fault(size, "only tmpfs has a size (write & alone)"_p, word);
  }
  spec.upper_size = setting.size(size);
}

// "ro,noexec" into `volume`.
bool read_volume_options(const Setting& setting, std::string_view options, Volume& volume) {
  bool is_writable = false;
  bool is_last = false;
  while (!is_last) {
    is_last = !contains(options, ',');
    const std::string_view option = cut(options, ',');
    const auto index = setting.choice(option, "ro rw noexec");
    if (!index) return false;
    if (*index == 0) volume.read_only = true;
    if (*index == 1) is_writable = true;
    if (*index == 2) volume.no_exec = true;
    if (is_writable && volume.read_only) {
      setting.fault(option, "ro and rw contradict each other (keep one)"_p);
      return false;
    }
  }
  return true;
}

void read_volume(const Setting& setting) {
  std::string_view rest = setting.value;
  const std::string_view source = cut(rest, ':');
  const bool has_options = contains(rest, ':');
  const std::string_view target = cut(rest, ':');
  if (source.empty() || target.empty() || contains(rest, ':')) {
    return setting.fault(setting.value, "'@' is not a volume (write SOURCE:TARGET or SOURCE:TARGET:ro)"_p);
  }
  Volume volume;
  const auto path = read_path_or_name(setting, source, volume.named);
  if (!path) return;
  if (volume.named && path->optional) {
    return setting.fault(source, "a named volume is made when it is missing, so '-' has no meaning (remove it)"_p);
  }
  volume.source = path->path;
  volume.optional = path->optional;
  const auto kept = setting.keep(target);
  if (!kept || (has_options && !read_volume_options(setting, rest, volume))) return;
  volume.target = *kept;
  if (!setting.spec.volumes.push(volume)) setting.too_many(limits::mounts);
}

void read_tmpfs(const Setting& setting) {
  std::string_view rest = setting.value;
  const std::string_view target = cut(rest, ':');
  const bool has_size = target.size() != setting.value.size();
  const bool has_mode = contains(rest, ':');
  const std::string_view size = cut(rest, ':');
  TmpfsMount mount;
  const auto kept = setting.keep(target);
  if (!kept) return;
  mount.target = *kept;
  if (has_size) {
    const auto bytes = setting.size(size);
    if (!bytes) return;
    mount.size = *bytes;
  }
  if (has_mode) {
    const auto mode = setting.octal(rest, 07777);
    if (!mode) return;
    mount.mode = *mode;
  }
  if (!setting.spec.tmpfs.push(mount)) setting.too_many(limits::mounts);
}

}  // namespace

void read_root(const Setting& setting) {
  Spec& spec = setting.spec;
  switch (setting.key) {
    case Key::layer: return read_layer(setting);
    case Key::rootfs: return read_rootfs(setting);
    case Key::upper: return read_upper(setting);
    case Key::volume: return read_volume(setting);
    case Key::tmpfs: return read_tmpfs(setting);
    case Key::device: return read_device(setting);
    case Key::read_only: spec.read_only = setting.yes_or_no(setting.value).value_or(false); return;
    case Key::manifest:
      if (const auto path = setting.keep(setting.value)) spec.manifest = *path;
      return;
    default: return;
  }
}

}  // namespace microctr

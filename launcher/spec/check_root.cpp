#include "launcher/base/text.h"
#include "launcher/spec/check.h"
#include "launcher/spec/path_text.h"

namespace microctr {
namespace {

void check_no_mount_namespace(const Check& check) {
  const Spec& spec = check.spec;
  constexpr Phrase advice = "needs a mount namespace (add mount to namespaces, or remove the key)"_p;
  if (!spec.layers.empty()) check.fault(Key::layer, advice);
  if (!spec.rootfs.empty() && !is_root_path(spec.rootfs)) {
    check.fault(Key::rootfs, "other than / needs a mount namespace (add mount to namespaces, or remove the key)"_p);
  }
  if (!spec.volumes.empty()) check.fault(Key::volume, advice);
  if (!spec.tmpfs.empty()) check.fault(Key::tmpfs, advice);
  if (spec.read_only) check.fault(Key::read_only, advice);
  if (!spec.manifest.empty()) check.fault(Key::manifest, advice);
}

void check_layers(const Check& check) {
  const auto& layers = check.spec.layers;
  for (std::size_t index = 0; index < layers.size(); ++index) {
    const Layer& layer = layers[index];
    if (layer.in_store ? !is_plain_name(layer.name) : !is_absolute(layer.name)) {
      check.fault(Key::layer, index, "'@' is neither an absolute path nor a name"_p, layer.name);
    }
    for (std::size_t before = 0; before < index; ++before) {
      if (layers[before].in_store != layer.in_store || !is_same_path(layers[before].name, layer.name)) continue;
      check.fault(Key::layer, index, "'@' is given twice (keep one)"_p, layer.name);
      break;
    }
  }
}

CString target_at(const Spec& spec, std::size_t index) {
  const std::size_t volumes = spec.volumes.size();
  return index < volumes ? spec.volumes[index].target : spec.tmpfs[index - volumes].target;
}

// Volumes and tmpfs together: a second mount on the same place would hide the first.
void check_duplicate_targets(const Check& check) {
  const std::size_t volumes = check.spec.volumes.size();
  const std::size_t count = volumes + check.spec.tmpfs.size();
  for (std::size_t index = 0; index < count; ++index) {
    const CString target = target_at(check.spec, index);
    for (std::size_t before = 0; before < index; ++before) {
      if (!is_same_path(target_at(check.spec, before), target)) continue;
      const bool is_volume = index < volumes;
      check.fault_again(
          is_volume ? Key::volume : Key::tmpfs, is_volume ? index : index - volumes,
          "'@' is mounted on already (first at &; keep one)"_p, target,
          before < volumes ? check.origins.of(Key::volume, before) : check.origins.of(Key::tmpfs, before - volumes));
      break;
    }
  }
}

}  // namespace

void check_target(const Check& check, Key key, std::size_t index, CString target) {
  if (!is_absolute(target)) {
    check.fault(key, index, "'@' is not an absolute path inside (begin with /)"_p, target);
  } else if (climbs(target)) {
    check.fault(key, index, "'@' contains '..' (write the path without it)"_p, target);
  } else if (is_root_path(target)) {
    check.fault(key, index, "cannot be the root itself (name a path below /)"_p);
  }
}

void check_root(const Check& check) {
  const Spec& spec = check.spec;
  const bool has_rootfs = !spec.rootfs.empty();
  if (spec.layers.empty() && !has_rootfs) {
    check.missing("no root is given (write layer = busybox, or rootfs = DIRECTORY)"_p);
  }
  if (!spec.layers.empty() && has_rootfs) check.fault(Key::rootfs, "cannot be used together with layer (keep one)"_p);
  if (has_rootfs && !is_absolute(spec.rootfs)) {
    check.fault(Key::rootfs, "'@' is not absolute (begin with /)"_p, spec.rootfs);
  }
  check_layers(check);
  if (has_rootfs && (check.origins.is_set(Key::upper) || spec.upper != UpperKind::tmpfs)) {
    check.fault(Key::upper, "has no meaning with rootfs, which has no overlay (remove it)"_p);
  }
  // The kernel takes size=0 for "no limit".
  if (spec.upper_size == 0U) check.fault(Key::upper, "a size of 0 holds nothing (write tmpfs:16M, or none)"_p);
  if (!spec.namespaces.mount) check_no_mount_namespace(check);
}

void check_mounts(const Check& check) {
  const Spec& spec = check.spec;
  for (std::size_t index = 0; index < spec.volumes.size(); ++index) {
    const Volume& volume = spec.volumes[index];
    if (volume.named ? !is_plain_name(volume.source) : !is_absolute(volume.source)) {
      check.fault(Key::volume, index, "'@' is neither an absolute path nor a name"_p, volume.source);
    }
    check_target(check, Key::volume, index, volume.target);
  }
  for (std::size_t index = 0; index < spec.tmpfs.size(); ++index) {
    check_target(check, Key::tmpfs, index, spec.tmpfs[index].target);
    if (spec.tmpfs[index].size == 0) check.fault(Key::tmpfs, index, "a size of 0 holds nothing (write a size)"_p);
  }
  if (!spec.manifest.empty()) check_target(check, Key::manifest, 0, spec.manifest);
  check_duplicate_targets(check);
}

}  // namespace microctr

// Hidden paths, kernel settings, clocks and nesting: each needs namespaces of the container's own.

#include "launcher/base/text.h"
#include "launcher/spec/check.h"

namespace microctr {
namespace {

void check_paths(const Check& check, Key key, const FixedVector<CString, limits::paths>& paths) {
  if (paths.empty()) return;
  if (!check.spec.namespaces.mount) {
    check.fault(key, 0, "needs a mount namespace (add mount to namespaces, or remove the key)"_p);
  }
  for (std::size_t index = 0; index < paths.size(); ++index) check_target(check, key, index, paths[index]);
}

void check_network_setting(const Check& check, std::size_t index, CString path) {
  const Spec& spec = check.spec;
  const NetworkMode mode = spec.network.mode();
  if (mode == NetworkMode::container) {
    check.fault(Key::sysctl, index, "@ belongs to the container whose network it is (write it for &)"_p, path,
                spec.network.interfaces[0].peer);
  } else if (mode == NetworkMode::host) {
    check.fault(Key::sysctl, index, "@ would change the host with network = host (remove it)"_p, path);
  } else if (!spec.namespaces.network) {
    check.fault(Key::sysctl, index, "@ needs a network namespace (add network to namespaces, or remove it)"_p, path);
  }
}

void check_settings(const Check& check) {
  const Spec& spec = check.spec;
  for (std::size_t index = 0; index < spec.sysctls.size(); ++index) {
    const CString path = spec.sysctls[index].path;
    if (path.view().starts_with("net/")) {
      check_network_setting(check, index, path);
    } else if (!spec.namespaces.ipc) {
      check.fault(Key::sysctl, index, "@ needs an ipc namespace (add ipc to namespaces, or remove it)"_p, path);
    }
  }
}

void check_nesting(const Check& check) {
  const Spec& spec = check.spec;
  if (!spec.nesting) return;
  if (spec.user_namespace == UserNamespace::host) {
    check.fault(Key::nesting, "containers inside need a user namespace of their own (write userns = auto)"_p);
  }
  const NamespaceSet& set = spec.namespaces;
  if (!set.mount || !set.pid || !set.cgroup) {
    check.fault(Key::nesting, "needs the namespaces mount, pid and cgroup (add them to namespaces)"_p);
  }
}

}  // namespace

void check_isolation(const Check& check) {
  const Spec& spec = check.spec;
  check_paths(check, Key::masked_path, spec.masked_paths);
  check_paths(check, Key::readonly_path, spec.read_only_paths);
  check_settings(check);
  check_nesting(check);
  if (spec.time_offset && spec.namespaces.none()) {
    check.fault(Key::time_offset, "a service of the host has its clocks (add namespaces, or remove the key)"_p);
  }
}

}  // namespace microctr

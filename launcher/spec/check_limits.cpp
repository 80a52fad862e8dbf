#include <algorithm>

#include "launcher/base/text.h"
#include "launcher/spec/check.h"

namespace microctr {
namespace {

void check_not_zero(const Check& check, Key key, const Limit& limit) {
  if (limit.value == 0U) check.fault(key, "0 would let nothing run (write a larger one, or remove the key)"_p);
}

void check_cgroup_path(const Check& check) {
  std::string_view path = check.spec.resources.cgroup;
  if (path.empty()) return;
  bool is_last = false;
  while (!is_last) {
    is_last = !contains(path, '/');
    const std::string_view component = cut(path, '/');
    const bool is_plain =
        std::ranges::none_of(component, [](unsigned char byte) { return byte <= ' ' || byte == 127; });
    if (is_plain && !component.empty() && component != "." && component != "..") continue;
    return check.fault(Key::cgroup,
                       "'@' has an empty, '.' or '..' component, or a blank (write a plain path below the root)"_p,
                       check.spec.resources.cgroup);
  }
}

}  // namespace

void check_limits(const Check& check) {
  const Resources& resources = check.spec.resources;
  check_not_zero(check, Key::memory, resources.memory);
  check_not_zero(check, Key::memory_high, resources.memory_high);
  check_not_zero(check, Key::cpus, resources.cpus);
  check_not_zero(check, Key::pids, resources.pids);
  const auto& weight = resources.cpu_weight.value;
  if (weight && (*weight < 1 || *weight > 10'000)) check.fault(Key::cpu_weight, "must be from 1 to 10000"_p);
  if (resources.memory_swap.value && !resources.memory.value) {
    check.fault(Key::memory_swap, "counts beyond memory, which has no limit (write memory = SIZE too)"_p);
  }
  if (resources.delegate && !(check.spec.namespaces.cgroup && check.spec.namespaces.mount)) {
    check.fault(
        Key::delegate,
        "needs the namespaces cgroup and mount, to show the container its own cgroup (add them to namespaces)"_p);
  }
  check_cgroup_path(check);
}

}  // namespace microctr

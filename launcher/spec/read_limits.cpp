#include "launcher/spec/setting.h"

namespace microctr {
namespace {

constexpr std::uint64_t largest_pids = 4 * 1024 * 1024;  // the kernel's PID_MAX_LIMIT

void read_size_limit(const Setting& setting, Limit& limit) {
  limit.value.reset();
  if (!setting.value.empty()) limit.value = setting.size(setting.value);
}

void read_number_limit(const Setting& setting, Limit& limit, std::uint64_t largest) {
  limit.value.reset();
  if (!setting.value.empty()) limit.value = setting.number(setting.value, largest);
}

void read_cpus(const Setting& setting) {
  Limit& limit = setting.spec.resources.cpus;
  limit.value.reset();
  if (setting.value.empty()) return;
  const ParsedNumber parsed = parse_cpus(setting.value);
  if (parsed.fault == NumberFault::none) {
    limit.value = parsed.value;
    return;
  }
  const std::string_view problem =
      parsed.fault == NumberFault::too_large ? "more processors than Linux can have" : "not a number of processors";
  setting.fault(setting.value, "'@' is & (write 1.5, with at most three decimals, or 50% of one)"_p, problem);
}

void read_cpuset(const Setting& setting) {
  CString& cpuset = setting.spec.resources.cpuset;
  cpuset = {};
  if (setting.value.empty()) return;
  if (!is_cpu_list(setting.value)) {
    return setting.fault(setting.value, "'@' is not a list of processors (write numbers and rising ranges: 0-1,3)"_p);
  }
  if (const auto list = setting.keep(setting.value)) cpuset = *list;
}

void read_cgroup(const Setting& setting) {
  std::string_view path = setting.value;
  if (begins_with(path, '/')) path.remove_prefix(1);
  if (path.empty() && !setting.value.empty()) {
    return setting.fault(setting.value, "the root cgroup has no limits (write a path below it)"_p);
  }
  if (const auto kept = setting.keep(path)) setting.spec.resources.cgroup = *kept;
}

}  // namespace

void read_resources(const Setting& setting) {
  Resources& resources = setting.spec.resources;
  switch (setting.key) {
    case Key::memory: return read_size_limit(setting, resources.memory);
    case Key::memory_high: return read_size_limit(setting, resources.memory_high);
    case Key::memory_swap: return read_size_limit(setting, resources.memory_swap);
    case Key::cpus: return read_cpus(setting);
    case Key::cpu_weight: return read_number_limit(setting, resources.cpu_weight, 10'000);
    case Key::cpuset: return read_cpuset(setting);
    case Key::pids: return read_number_limit(setting, resources.pids, largest_pids);
    case Key::cgroup: return read_cgroup(setting);
    case Key::delegate: resources.delegate = setting.yes_or_no(setting.value).value_or(false); return;
    default: return;
  }
}

void read_required(const Setting& setting) {
  Resources& resources = setting.spec.resources;
  const bool required = setting.yes_or_no(setting.value).value_or(true);
  switch (setting.key) {
    case Key::memory_required: resources.memory.required = required; return;
    case Key::memory_high_required: resources.memory_high.required = required; return;
    case Key::memory_swap_required: resources.memory_swap.required = required; return;
    case Key::cpus_required: resources.cpus.required = required; return;
    case Key::cpu_weight_required: resources.cpu_weight.required = required; return;
    case Key::cpuset_required: resources.cpuset_required = required; return;
    case Key::pids_required: resources.pids.required = required; return;
    default: return;
  }
}

}  // namespace microctr

// What of all devices a container may open and make: the default ones, and those that were collected for it.
//
// For a cgroup of v2 that is a program of BPF_PROG_TYPE_CGROUP_DEVICE, assembled here; for one of the v1 hierarchy
// "devices" it is a list in text. Both refuse what they do not name. Nothing here opens a device.
#pragma once

#include <span>

#include "launcher/base/fixed_vector.h"
#include "launcher/base/sys.h"
#include "launcher/container/device_list.h"
#include "launcher/plan/plan.h"

namespace microctr {

// Op::filter_devices. The kernel lets a cgroup's processes do what the program of each cgroup above it allows, too.
Result<void> filter_devices(const Step& step, std::span<const DeviceNode> devices);

// One thing that is allowed.
struct DeviceRule {
  static constexpr std::uint32_t any_minor = UINT32_MAX;

  bool block = false;
  std::uint8_t access = access_all;  // access_*: what may be asked for, one or all of it at once
  std::uint32_t major = 0;
  std::uint32_t minor = 0;
};

inline constexpr std::size_t default_rule_count = 9;
inline constexpr std::size_t largest_rule = 4;  // instructions

using DeviceProgram = FixedVector<sys::BpfInstruction, 15 + largest_rule*(default_rule_count + limits::devices)>;

std::span<const DeviceRule> default_device_rules();
DeviceRule rule_of(const DeviceNode& device);

// The program that allows the default rules and `devices`.
void assemble(std::span<const DeviceNode> devices, DeviceProgram& program);

}  // namespace microctr

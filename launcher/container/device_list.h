// The devices of the host that the lines of a configuration stand for, as they are at this moment.
//
// collect_devices looks at the host and changes nothing. Text lives in the arena; the list belongs to the caller, and
// is what the device filter allows and what is made in the container's /dev.
#pragma once

#include <cstdint>
#include <span>

#include "launcher/base/arena.h"
#include "launcher/base/fixed_vector.h"
#include "launcher/base/limits.h"
#include "launcher/spec/spec.h"

namespace microctr {

// As the kernel counts them (BPF_DEVCG_ACC_*).
inline constexpr std::uint8_t access_make = 1;
inline constexpr std::uint8_t access_read = 2;
inline constexpr std::uint8_t access_write = 4;
inline constexpr std::uint8_t access_all = 7;

struct DeviceNode {
  CString path;              // inside, below /dev: "snd/timer"; empty: not to be made
  CString source;            // on the host
  std::uint64_t number = 0;  // as sys::device_number
  std::uint32_t mode = 0;    // S_IFCHR or S_IFBLK, and the host's permissions
  std::uint32_t group = 0;   // the host's
  std::uint8_t access = access_all;
};

using DeviceList = FixedVector<DeviceNode, limits::devices>;

// Errors name the line's path: ENOENT nothing matches and it is not optional, EISDIR, ENODEV another kind of file,
// E2BIG more than limits::devices. A symbolic link keeps its own name and stands for what it leads to. Of two that have
// one name inside, the later counts.
Result<void> collect_devices(std::span<const DeviceLine> lines, Arena& arena, DeviceList& devices);

}  // namespace microctr

// The nodes of a container's own /dev.
#pragma once

#include "launcher/base/result.h"

namespace microctr {

enum class DeviceSource : bool {
  make,  // mknod: for the host's root
  bind,  // the host's own nodes, for a user namespace
};

// Puts null, zero, full, random, urandom and tty into the directory `dev`, an O_PATH descriptor of a tmpfs of ours.
Result<void> lay_devices(int dev, DeviceSource source);

}  // namespace microctr

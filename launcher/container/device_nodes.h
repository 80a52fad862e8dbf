// Device nodes in an open directory that is, or becomes, a container's /dev.
//
// The directory must be ours alone: a new tmpfs that nothing of the container can reach yet. Nodes get the mode and the
// group of the host's, and belong to root, both as `maps` has them; a group that does not exist inside becomes root's.
// umask must be 0. Borrows everything.
#pragma once

#include <span>

#include "launcher/container/device_list.h"
#include "launcher/spec/id_map.h"

namespace microctr {

enum class NodeWay : std::uint8_t {
  make,          // by mknod, where no filter is: from outside of the container's cgroup
  make_allowed,  // by mknod, under the container's filter: a node that it may not make is bound instead
  bind,          // the host's own node, where mknod is refused (user namespaces)
};

// null zero full random urandom tty, and those of the configuration, with the directories that they are in. A node that
// is there already, and is the same device, stays. EEXIST: something else has its name; ENODEV: the host's node has
// changed since it was collected.
Result<void> lay_devices(int dev, std::span<const DeviceNode> devices, NodeWay way, const IdMaps& maps);

}  // namespace microctr

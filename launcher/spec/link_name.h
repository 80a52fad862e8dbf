// Names of network interfaces, and those of the host's ends of a container's veth pairs. Pure: the same container has
// the same names after a restart.
//
// An interface's name has at most 15 characters (IFNAMSIZ with its NUL). The host's end of eth0 is `mc-NAME` where the
// container's name has at most 12, that of interface N `mcN-NAME` where it has at most 11; a longer one becomes `mc_` +
// its first 4 characters + 8 characters (0-9, a-v) that hold 40 bits of the FNV-1a hash of NAME or `NAME/N`. The forms
// cannot meet, because the third character differs. Among 1,000 long names that share their beginning, two meet with a
// probability of 5 in ten million; the kernel then refuses the second (EEXIST).
#pragma once

#include <string_view>

#include "launcher/base/text.h"

namespace microctr {

inline constexpr std::size_t longest_link_name = 15;

// As the kernel has them (dev_valid_name): at most 15 bytes, no '/', ':' or white space, not `.` or `..`; and no '%',
// which would make a pattern of it.
bool is_link_name(std::string_view name);

// One that a container's interface may have: letters, digits, '-' and '_', at most 15; not `lo`, `all` or `default`,
// which the kernel has already, as an interface and for its settings.
bool is_interface_name(std::string_view name);

// `container` is a valid container name; characters that an interface name cannot have count as too long. `interface`
// is the interface's number in Network::interfaces.
void write_host_link_name(std::string_view container, unsigned interface, TextWriter& writer);

}  // namespace microctr

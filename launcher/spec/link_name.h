// The name of the host's end of a container's veth pair. Pure: the same container has the same name after a restart.
//
// A network interface has at most 15 characters (IFNAMSIZ with its NUL). `mc-NAME` where the container's name has at
// most 12; a longer one becomes `mc_` + its first 4 characters + 8 characters (0-9, a-v) that hold 40 bits of its
// FNV-1a hash. The two forms cannot meet, because the third character differs. Among 1,000 long names that share their
// beginning, two meet with a probability of 5 in ten million; the kernel then refuses the second (EEXIST).
#pragma once

#include <string_view>

#include "launcher/base/text.h"

namespace microctr {

// `container` is a valid container name; characters that an interface name cannot have count as too long.
void write_host_link_name(std::string_view container, TextWriter& writer);

}  // namespace microctr

// Who has a port of this machine, as /proc tells it: for a message about a port that is taken. Slow (it looks at every
// process), therefore for errors only.
#pragma once

#include <cstdint>

#include "launcher/base/cstring.h"
#include "launcher/base/text.h"

namespace microctr {

struct PortUse {
  CString owner = {};  // "nginx (pid 123)", "another process"; empty: nobody is to be seen. Lives until the next call.
  bool only_lingering = false;  // ended connections (TIME-WAIT) and nothing else
};
PortUse find_port_owner(std::uint16_t port, bool udp);

}  // namespace microctr

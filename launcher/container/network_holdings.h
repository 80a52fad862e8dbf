// What of a container's network lives in its owner's process: sockets that hold published ports, DHCP clients.
//
// Owned by the session. Letting go is enough for the ports; a DHCP client is asked to end, and releases its lease then.
#pragma once

#include <array>

#include "launcher/net/held_ports.h"

namespace microctr {

struct NetworkHoldings {
  HeldPorts ports;
  std::array<Fd, limits::interfaces> clients;  // pidfds of the DHCP clients, one for each interface that has one

  void let_go();
};

}  // namespace microctr

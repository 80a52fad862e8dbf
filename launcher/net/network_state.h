// What was found out and chosen when a container's networks were claimed: what a plan cannot know before.
//
// Filled on the host before the process is created, which then has it in its own copy of memory. Plain data.
#pragma once

#include <cstdint>

#include "launcher/base/fixed_vector.h"
#include "launcher/base/limits.h"
#include "launcher/spec/spec.h"

namespace microctr {

// One for each Interface of the spec, in its order.
struct InterfaceState {
  FixedVector<Address, limits::addresses> addresses;  // inside, with prefix: those of the spec, or chosen
  FixedVector<Address, 2> gateways;                   // of its default routes; also the far end of the link
  std::uint32_t link = 0;                             // index on the host: bridge, parent or device; 0: none
  bool makes_bridge = false;                          // its bridge is ours, and is not there yet
  bool mutes_port = false;                            // the host's end has no link-local IPv6 address …
  bool mutes_inside = false;                          // … nor has the container's
};

struct NetworkState {
  FixedVector<InterfaceState, limits::interfaces> interfaces;
  bool builds_firewall = false;  // nobody needed it before
  bool turns_switches = false;   // one that is off is needed
  CString guarded = {};          // the link on which loopback addresses shall be routed from now on; empty: none
};

}  // namespace microctr

// Switches of the kernel's network that containers need: forwarding, and on the links of published ports the routing of
// loopback addresses.
//
// What is changed is in the register with its value before, so that the last container that needs it turns it back:
// `switch FILE VALUE`. A switch that is on already is left alone.
#pragma once

#include "launcher/net/register.h"

namespace microctr {

// Whether anything in the register needs the firewall, and with it forwarding.
bool uses_firewall(const Register& entries);

// Adds a line for each switch that is off and that the lines of `container` need. False: none.
Result<bool> claim_switches(CString container, Register& entries);

// Turns on every switch that the register has a line for, but for the routing of loopback addresses.
Result<void> turn_switches_on(const Register& entries);

// Turns all back and takes their lines away, when nothing uses the firewall any more. The first error; the lines of
// what could not be turned back stay.
Result<void> turn_switches_back(Register& entries);

// Loopback addresses are routed on this link of ours, so that a published port answers on 127.0.0.1.
Result<void> route_loopback_on(std::string_view link);

// No longer, before its guard goes; where it was on before us, it stays on. Takes the switch's line away.
Result<void> stop_routing_loopback_on(std::string_view link, Register& entries);

}  // namespace microctr

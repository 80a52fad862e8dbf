// What /etc/microctr/init.conf says of the machine. Views into static storage; read once at boot.
#pragma once

#include "launcher/base/cstring.h"
#include "launcher/base/fixed_vector.h"
#include "launcher/base/places.h"

namespace microctr {

struct Machine {
  CString hostname;
  FixedVector<CString, 64> modules;
  FixedVector<CString, 32> ready_command;  // run once, when all autostart containers have been started
};

// A missing file is an empty machine. Each fault is said on the console with its place, and the rest is used: a
// machine that boots with half of its settings can still be reached.
void read_machine(const Places& places, Machine& machine);

}  // namespace microctr

// The machine's settings on the way up: init.conf is read and put into effect. Disks are disks.h, links interface.h.
//
// What is wrong is said on the console, with its place, and the rest is used.
#pragma once

#include "init/watchdog.h"
#include "launcher/base/places.h"
#include "launcher/spec/machine.h"

namespace microctr {

enum class Settings : std::uint8_t {
  good,      // or there is no file: an empty machine
  faulty,    // some lines could not be used
  unusable,  // the file could not be read, or holds nothing that was understood
};

// Texts live in static storage.
Settings read_machine_settings(const Places& places, Machine& machine);

void load_modules(const Machine& machine, Watchdog& watchdog);
void set_up_machine(const Machine& machine);  // host name, kernel settings, loopback

}  // namespace microctr

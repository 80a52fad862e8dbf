// Attack: names a program that the host runs for every device (/sys/kernel/uevent_helper)
// Row: defaults
// Defence: read-only /sys
// off: open
#include "attack.h"

ATTACK(uevent_helper) {
  (void)mount("none", "/sys", nullptr, MS_REMOUNT | MS_BIND, nullptr);
  (void)mount("none", "/sys", nullptr, MS_REMOUNT, nullptr);
  return opens("/sys/kernel/uevent_helper", O_WRONLY);
}

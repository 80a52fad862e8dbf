// Attack: has a capability that no container needs
// Row: capabilities
// Defence: bounding, permitted and effective set are the default ones
// off: cap_add = ALL; userns = host
#include "attack.h"

ATTACK(capabilities) {
  constexpr unsigned long long defaults = 0x800405fb;  // threats: CHOWN ... SYS_CHROOT, with SETFCAP
  FILE* const status = fopen("/proc/self/status", "r");
  char line[256];
  bool is_more = false;
  while (status != nullptr && fgets(line, sizeof line, status) != nullptr) {
    char name[8];
    unsigned long long set;
    if (sscanf(line, "Cap%3[A-Za-z]: %llx", name, &set) != 2) continue;
    const bool none_expected = strcmp(name, "Inh") == 0 || strcmp(name, "Amb") == 0;
    is_more = is_more || (set & ~(none_expected ? 0 : defaults)) != 0;
  }
  errno = EPERM;
  return is_more ? succeeded("more than the defaults") : refused("the defaults only");
}

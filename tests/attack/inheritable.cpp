// Attack: has inheritable or ambient capabilities, with which a file's capabilities grow (CVE-2022-27650)
// Row: capabilities
// Defence: both sets are always empty, whatever the caller had
// off: user = 1000; cap_add = NET_ADMIN
#include "attack.h"

ATTACK(inheritable) {
  FILE* const status = fopen("/proc/self/status", "r");
  char line[256];
  while (status != nullptr && fgets(line, sizeof line, status) != nullptr) {
    unsigned long long set;
    const bool found = sscanf(line, "CapInh: %llx", &set) == 1 || sscanf(line, "CapAmb: %llx", &set) == 1;
    if (found && set != 0) return succeeded(line);
  }
  errno = EPERM;
  return refused("both are empty");
}

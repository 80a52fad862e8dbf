// Attack: runs without a seccomp filter, or may gain privileges
// Row: defaults
// Defence: the default seccomp policy; no_new_privileges
// off: seccomp = off; no_new_privileges = no
#include "attack.h"

ATTACK(unfiltered) {
  FILE* const status = fopen("/proc/self/status", "r");
  char line[256];
  while (status != nullptr && fgets(line, sizeof line, status) != nullptr) {
    int value;
    if (sscanf(line, "NoNewPrivs: %d", &value) == 1 && value == 0) return succeeded(line);
    if (sscanf(line, "Seccomp: %d", &value) == 1 && value != 2) return succeeded(line);
  }
  errno = EPERM;
  return refused("filtered, without new privileges");
}

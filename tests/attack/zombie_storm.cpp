// Attack: leaves ended processes behind without end
// Row: starvation
// Defence: pids, which counts them
// on: pids = 16
// off: seccomp = off
#include "attack.h"

ATTACK(zombie_storm) {
  for (int children = 0; children < 100; ++children) {
    const pid_t child = fork();
    if (child == 0) _exit(0);
    if (child < 0) return refused("fork");
  }
  return succeeded("100 zombies");
}

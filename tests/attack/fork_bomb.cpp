// Attack: makes processes without end
// Row: starvation
// Defence: pids
// on: pids = 16
// off: seccomp = off
#include "attack.h"

ATTACK(fork_bomb) {
  int children = 0;
  for (; children < 100; ++children) {
    const pid_t child = fork();
    if (child == 0) {
      pause();
      _exit(0);
    }
    if (child < 0) return refused("fork");
  }
  return succeeded("100 processes");
}

// Attack: puts a key into a keyring, which no namespace divides
// Row: defaults
// Defence: the default seccomp policy
// off: seccomp = off
#include "attack.h"

ATTACK(add_key) {
  constexpr int process_keyring = -2;
  return verdict("add_key", syscall(SYS_add_key, "user", "attack", "x", 1, process_keyring));
}

// Attack: joins a session keyring by name (CVE-2016-0728)
// Row: defaults
// Defence: the default seccomp policy
// off: seccomp = off
#include "attack.h"

ATTACK(keyctl) {
  constexpr int join_session_keyring = 1;
  return verdict("keyctl", syscall(SYS_keyctl, join_session_keyring, "attack"));
}

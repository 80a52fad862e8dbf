// Attack: pastes into a virtual console by TIOCLINUX (no terminal, so that it is refused late)
// Row: terminal
// Defence: the default seccomp policy
// off: seccomp = off
#include "attack.h"

ATTACK(tioclinux) {
  const char paste = 3;  // TIOCL_PASTESEL
  return reached("TIOCLINUX", ioctl(0, 0x541c /* TIOCLINUX */, &paste));
}

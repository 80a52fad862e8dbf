// A working directory outside of a second, deeper root, from which it climbs. WORD: a file of the host.
#include "attack.h"

ATTACK(chroot_escape) {
  if (chdir("/tmp") != 0 || mkdir("deeper", 0700) != 0 || chroot("deeper") != 0) return refused("chroot");
  for (int climbed = 0; climbed < 64; ++climbed) {
    if (chdir("..") != 0) return refused("chdir ..");
  }
  if (chroot(".") != 0) return refused("chroot .");
  return verdict(words[0], access(words[0], F_OK));
}

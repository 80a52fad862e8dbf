// Attack: fills the memory of the machine with files
// Row: starvation
// Defence: the upper layer is a tmpfs with a size
// off: upper = tmpfs:64M
#include "attack.h"

ATTACK(fill_root) {
  const int file = open("/tmp/attack", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  static char block[1 << 20];
  for (int number = 0; number < 48; ++number) {
    if (write(file, block, sizeof block) != sizeof block) return refused("write");
  }
  return succeeded("48 MB");
}

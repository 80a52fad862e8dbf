// Any descriptor beyond the standard streams.
#include "attack.h"

ATTACK(leaked_descriptors) {
  for (int number = 3; number < 1024; ++number) {
    if (fcntl(number, F_GETFD) >= 0) return succeeded("a descriptor is open");
  }
  return refused("descriptors");
}

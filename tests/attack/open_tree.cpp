// Attack: copies the mount tree by open_tree(OPEN_TREE_CLONE)
// Row: defaults
// Defence: no CAP_SYS_ADMIN; the default seccomp policy
// off: open
#include "attack.h"

ATTACK(open_tree) {
  return verdict("open_tree", syscall(428, -100, "/", 1 /* OPEN_TREE_CLONE */ | 0x8000 /* RECURSIVE */));
}

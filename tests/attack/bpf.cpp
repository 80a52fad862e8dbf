// Attack: loads a BPF map
// Row: defaults
// Defence: the default seccomp policy; CAP_BPF
// off: open
#include "attack.h"

ATTACK(bpf) {
  uint32_t attributes[32] = {2 /* BPF_MAP_TYPE_ARRAY */, 4, 4, 1};
  return verdict("bpf(BPF_MAP_CREATE)", syscall(SYS_bpf, 0, attributes, sizeof attributes));
}

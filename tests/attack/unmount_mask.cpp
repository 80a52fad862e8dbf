// Attack: takes the cover off a masked path
// Row: defaults
// Defence: no CAP_SYS_ADMIN; the default seccomp policy
// off: userns = host; cap_add = ALL; seccomp = off
#include "attack.h"

ATTACK(unmount_mask) { return verdict("umount /proc/timer_list", umount2("/proc/timer_list", MNT_DETACH)); }

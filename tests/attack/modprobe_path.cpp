// Attack: changes a program that the host runs to load modules (/proc/sys/kernel/modprobe)
// Row: defaults
// Defence: read-only /proc/sys; its owner is the host's root
// off: open
#include "attack.h"

ATTACK(modprobe_path) { return opens("/proc/sys/kernel/modprobe", O_WRONLY); }

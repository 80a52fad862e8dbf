// Attack: moves an interrupt to another processor
// Row: defaults
// Defence: read-only /proc/irq
// off: open
#include "attack.h"

ATTACK(irq_affinity) { return opens("/proc/irq/default_smp_affinity", O_WRONLY); }

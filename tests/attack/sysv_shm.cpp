// Attack: attaches the shared memory of a neighbour
// Row: defaults
// Defence: ipc namespace
// off: userns = host; namespaces = mount uts pid network cgroup
// pair: victim
#include <sys/shm.h>

#include "attack.h"
#include "victim.h"

ATTACK(sysv_shm) { return verdict("shmget", shmget(victim_key, 1, 0)); }

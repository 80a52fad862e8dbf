// Attack: takes the semaphore of a neighbour
// Row: defaults
// Defence: ipc namespace
// off: userns = host; namespaces = mount uts pid network cgroup
// pair: victim
#include <sys/sem.h>

#include "attack.h"
#include "victim.h"

ATTACK(sysv_sem) { return verdict("semget", semget(victim_key, 1, 0)); }

// Attack: reads the message queue of a neighbour
// Row: defaults
// Defence: ipc namespace
// off: userns = host; namespaces = mount uts pid network cgroup
// pair: victim
#include <sys/msg.h>

#include "attack.h"
#include "victim.h"

ATTACK(sysv_msg) { return verdict("msgget", msgget(victim_key, 0)); }

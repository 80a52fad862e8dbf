// Attack: opens the POSIX message queue of a neighbour
// Row: defaults
// Defence: ipc namespace
// off: userns = host; namespaces = mount uts pid network cgroup
// pair: victim
#include <mqueue.h>

#include "attack.h"

ATTACK(posix_mq) { return verdict("mq_open", mq_open("/microctr-victim", O_RDWR)); }

// Attack: sends packets of its own making
// Row: defaults
// Defence: no CAP_NET_RAW
// off: cap_add = NET_RAW
#include <netinet/in.h>

#include "attack.h"

ATTACK(raw_socket) { return verdict("socket(SOCK_RAW)", socket(AF_INET, SOCK_RAW, IPPROTO_ICMP)); }

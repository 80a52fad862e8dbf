// Attack: sends frames of its own making: ARP spoofing
// Row: defaults
// Defence: no CAP_NET_RAW
// off: cap_add = NET_RAW
#include "attack.h"

ATTACK(packet_socket) { return verdict("socket(AF_PACKET)", socket(AF_PACKET, SOCK_RAW, 0)); }

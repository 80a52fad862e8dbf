// Attack: changes its network interfaces
// Row: defaults
// Defence: no CAP_NET_ADMIN
// off: cap_add = NET_ADMIN
#include <net/if.h>

#include "attack.h"

ATTACK(interface_down) {
  ifreq request = {};
  strcpy(request.ifr_name, "lo");
  return verdict("lo down", ioctl(socket(AF_INET, SOCK_DGRAM, 0), SIOCSIFFLAGS, &request));
}
